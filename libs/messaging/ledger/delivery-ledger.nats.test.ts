// Real: nats-server with the production permissions, two processes' worth of connections. Doubled: nothing.
import { randomUUID } from "node:crypto";
import { type DocumentId, documentIdSchema, LEASES_BUCKET } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { createLogger } from "@flowstate/runtime";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEvents, type EventsConnection } from "../connection.ts";
import { provisionEvents } from "../events/provision-events.ts";
import { DeliveryLedger, LedgerUnavailableError } from "./delivery-ledger.ts";

const logger = createLogger("test", "error", { write: () => {} });
let server: NatsServer;
let connections: EventsConnection[];
let first: DeliveryLedger;
let second: DeliveryLedger;

beforeAll(async () => {
  server = await startNatsServer({});
  await provisionEvents({ url: server.url, password: server.passwords.admin });
  const open = () =>
    connectEvents({ url: server.url, identity: "ingest-events", password: server.passwords["ingest-events"], logger });
  connections = await Promise.all([open(), open()]);
  const ledgers = await Promise.all(connections.map((one, n) => DeliveryLedger.open(one, `instance-${n}`, logger)));
  if (ledgers[0] === undefined || ledgers[1] === undefined) throw new Error("two ledgers expected");
  [first, second] = [ledgers[0], ledgers[1]];
});
afterAll(async () => {
  await Promise.all(connections.map((one) => one[Symbol.asyncDispose]()));
  await server[Symbol.asyncDispose]();
});

const newDocument = (): DocumentId => documentIdSchema.parse(randomUUID());

async function claimed(ledger: DeliveryLedger, document: DocumentId) {
  const claim = await ledger.claim(document);
  if (claim.kind !== "claimed") throw new Error(claim.kind);
  return claim.lease;
}

describe("the delivery ledger", () => {
  it("gives a document to one claimant only, however many ask at once", async () => {
    const document = newDocument();
    const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? first : second).claim(document)));
    expect(claims.map(({ kind }) => kind).sort()).toEqual(["claimed", ...Array(19).fill("held_elsewhere")]);
    for (const claim of claims) if (claim.kind === "claimed") await claim.lease[Symbol.asyncDispose]();
  });

  it("gives it to the next one when the first lets go", async () => {
    const document = newDocument();
    const lease = await claimed(first, document);
    expect((await second.claim(document)).kind).toBe("held_elsewhere");
    await lease[Symbol.asyncDispose]();
    const next = await claimed(second, document);
    expect(next.attempt).not.toBe(lease.attempt);
    await next[Symbol.asyncDispose]();
  });

  it.each(["delivered", "refused"] as const)("remembers that a document was %s", async (settlement) => {
    const document = newDocument();
    {
      await using _lease = await claimed(first, document);
      await first.settle(document, settlement);
    }
    expect(await second.claim(document)).toEqual({ kind: "settled", settlement });
  });

  it("says settled even while the lease is still held", async () => {
    const document = newDocument();
    await using _lease = await claimed(first, document);
    await first.settle(document, "delivered");
    expect(await second.claim(document)).toEqual({ kind: "settled", settlement: "delivered" });
  });

  it("keeps leases in a bucket that the broker empties by age", async () => {
    const admin = await connect({
      servers: server.url,
      user: "admin",
      pass: server.passwords.admin,
      inboxPrefix: "_INBOX_admin",
    });
    const { config } = await (await admin.jetstreamManager()).streams.info(`KV_${LEASES_BUCKET}`);
    await admin.close();
    expect(config.max_age).toBe(30_000_000_000);
  });

  it("cannot be administered by the identity that uses it", async () => {
    const nats = connections[0]?.nats;
    await expect(nats?.request(`$JS.API.STREAM.DELETE.KV_${LEASES_BUCKET}`, "", { timeout: 500 })).rejects.toThrow();
    await expect(nats?.request("$JS.API.STREAM.CREATE.x", "{}", { timeout: 500 })).rejects.toThrow();
  });

  it("says that it is unavailable instead of guessing when the broker is away", async () => {
    const lonely = await startNatsServer({});
    await provisionEvents({ url: lonely.url, password: lonely.passwords.admin });
    const connection = await connectEvents({
      url: lonely.url,
      identity: "ingest-events",
      password: lonely.passwords["ingest-events"],
      logger,
    });
    const ledger = await DeliveryLedger.open(connection, "lonely", logger);
    await lonely[Symbol.asyncDispose]();
    await expect.poll(() => connection.connected).toBe(false);
    await expect(ledger.claim(newDocument())).rejects.toBeInstanceOf(LedgerUnavailableError);
    await expect(ledger.settle(newDocument(), "delivered")).rejects.toBeInstanceOf(LedgerUnavailableError);
    await connection[Symbol.asyncDispose]();
  });
});
