// Real: nats-server with the production permissions, two processes' worth of connections. Doubled: nothing.
import { randomUUID } from "node:crypto";
import {
  type DocumentId,
  documentIdSchema,
  type FinalEvent,
  LEASES_BUCKET,
  LEDGER_STREAM,
  mailIdSchema,
  settledAs,
  settlementSubject,
  tenantIdSchema,
} from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { createLogger } from "@flowstate/runtime";
import { connect, type NatsConnection } from "nats";
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

function about(document: DocumentId) {
  return { document_id: document, mail_id: mailIdSchema.parse(randomUUID()), tenant_id: tenantIdSchema.parse("acme") };
}
const delivery = (document: DocumentId): FinalEvent => ({
  type: "document.delivered",
  data: { ...about(document), duration_ms: 80, erp_http_status: 202, attempts: 2 },
});
const refusal = (document: DocumentId): FinalEvent => ({
  type: "document.refused",
  data: { ...about(document), code: "document_encrypted", stage: "extract", duration_ms: 30, page_count: undefined },
});

/** What others than the ledger's own code do with its bucket. */
async function asAdmin<T>(use: (nats: NatsConnection) => Promise<T>): Promise<T> {
  const nats = await connect({
    servers: server.url,
    user: "admin",
    pass: server.passwords.admin,
    inboxPrefix: "_INBOX_admin",
  });
  try {
    return await use(nats);
  } finally {
    await nats.close();
  }
}

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

  it.each([delivery, refusal])("remembers how a document was finished ($name)", async (endOf) => {
    const document = newDocument();
    const end = endOf(document);
    {
      await using _lease = await claimed(first, document);
      expect(await first.settle(document, end)).toEqual({ kind: "settled" });
    }
    expect(await second.claim(document)).toEqual({ kind: "settled", settlement: { end } });
  });

  it("says settled even while the lease is still held", async () => {
    const document = newDocument();
    await using _lease = await claimed(first, document);
    await first.settle(document, delivery(document));
    expect((await second.claim(document)).kind).toBe("settled");
  });

  it("needs no lease to be let go of a document that is settled: it lapses", async () => {
    const document = newDocument();
    const end = delivery(document);
    const entriesOf = (nats: NatsConnection) =>
      nats
        .jetstreamManager()
        .then(({ streams }) =>
          streams.getMessage(`KV_${LEASES_BUCKET}`, { last_by_subj: `$KV.${LEASES_BUCKET}.${document}` }),
        );
    const before = await (async () => {
      await using lease = await claimed(first, document);
      await first.settle(document, end);
      lease.lapse();
      return await asAdmin(entriesOf);
    })();
    expect((await asAdmin(entriesOf)).seq).toBe(before.seq);
    expect(await second.claim(document)).toEqual({ kind: "settled", settlement: { end } });
    expect(await first.claim(document)).toEqual({ kind: "settled", settlement: { end } });
  });

  it("lets the first end of a document stand, whoever comes with another", async () => {
    const document = newDocument();
    const end = delivery(document);
    await first.settle(document, end);
    expect(await second.settle(document, refusal(document))).toEqual({ kind: "settled_before", settlement: { end } });
    expect(await first.claim(document)).toEqual({ kind: "settled", settlement: { end } });
  });

  it("takes the same end again: its acknowledgement may have been lost", async () => {
    const document = newDocument();
    const end = refusal(document);
    await first.settle(document, end);
    expect(await first.settle(document, end)).toEqual({ kind: "settled" });
  });

  it("has room for the longest end there can be", async () => {
    const document = newDocument();
    const most = Number.MAX_SAFE_INTEGER;
    const end: FinalEvent = {
      type: "document.invalid",
      data: {
        ...about(document),
        tenant_id: tenantIdSchema.parse("t".repeat(63)),
        code: "extraction_failed_validation",
        stage: "extract",
        duration_ms: most,
        page_count: most,
        validation_status: "warnings",
        validation_issue_count: most,
        erp_http_status: 422,
        attempts: most,
        provider: "e-invoice",
        model: "m".repeat(64),
        input_tokens: most,
        output_tokens: most,
      },
    };
    expect(await first.settle(document, end)).toEqual({ kind: "settled" });
    expect(await second.claim(document)).toEqual({ kind: "settled", settlement: { end } });
  });

  it("has one word for each document, whatever else it remembers", async () => {
    for (const endOf of [delivery, refusal]) {
      const document = newDocument();
      const end = endOf(document);
      await first.settle(document, end);
      const word = await asAdmin(async (nats) => {
        const { streams } = await nats.jetstreamManager();
        const entry = await streams.getMessage(LEDGER_STREAM, {
          last_by_subj: settlementSubject(document),
        });
        return new TextDecoder().decode(entry.data);
      });
      expect(word).toBe(settledAs(end));
    }
  });

  it("knows a document as settled that was settled with the word alone", async () => {
    const document = newDocument();
    await connections[0]?.nats.jetstream({ checkAPI: false }).publish(settlementSubject(document), "delivered");
    expect(await second.claim(document)).toEqual({ kind: "settled", settlement: { end: undefined } });
    expect((await second.settle(document, refusal(document))).kind).toBe("settled_before");
  });

  it("keeps leases in a bucket that the broker empties by age", async () => {
    const { config } = await asAdmin(async (nats) =>
      (await nats.jetstreamManager()).streams.info(`KV_${LEASES_BUCKET}`),
    );
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
    const document = newDocument();
    await expect(ledger.settle(document, delivery(document))).rejects.toBeInstanceOf(LedgerUnavailableError);
    await connection[Symbol.asyncDispose]();
  });
});
