// Real: audit as a whole, its HTTP server, nats-server with the production permissions, a PostgreSQL of its own that is
// stopped and started. Doubled: ingest, whose events are published here under its identity.
import { createHash, randomUUID } from "node:crypto";
import { AUDIT_CONSUMER, documentIdSchema, EVENTS_STREAM, mailIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { type DatabaseUrls, type PostgresServer, startPostgres } from "@flowstate/local/servers/postgres.ts";
import {
  connectEvents,
  EventPublisher,
  type EventsConnection,
  provisionEvents,
  replayEvents,
} from "@flowstate/messaging";
import { type RunningService, readConfig } from "@flowstate/runtime";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { verify } from "./commands/verify.ts";
import { auditConfig } from "./config.ts";
import { startAudit } from "./start.ts";
import { silentLogger } from "./testing/audit-database.ts";
import { TENANT } from "./testing/sample-events.ts";
import { KEY_TEXT } from "./testing/sample-record.ts";

const API_SECRET = "key-of-acme-0123456789";
/** Reconnecting and backing off take seconds at most; a slow machine may need longer. */
const RECOVERY = { timeout: 25_000, interval: 50 };
const SLOW_TEST_MS = 60_000;

let postgres: PostgresServer;
let database: DatabaseUrls;
let nats: NatsServer;
let ingest: EventsConnection;
const running: RunningService[] = [];

beforeAll(async () => {
  postgres = await startPostgres({});
});
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
});
beforeEach(async () => {
  database = await postgres.createDatabase(`audit_${randomUUID().replaceAll("-", "")}`);
  nats = await startNatsServer({});
  await provisionEvents({ url: nats.url, password: nats.passwords.admin });
  ingest = await connectAs("ingest-events");
});
afterEach(async () => {
  for (const service of running.splice(0)) await service[Symbol.asyncDispose]();
  await ingest[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

function connectAs(identity: "ingest-events" | "admin"): Promise<EventsConnection> {
  return connectEvents({ url: nats.url, identity, password: nats.passwords[identity], logger: silentLogger });
}

/** The database as it is now, as a backup would bring it back. Nobody may be connected to it. */
async function copyOfDatabase(): Promise<DatabaseUrls> {
  const name = new URL(database.url).pathname.slice(1);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`);
  await client.end();
  const copyOf = (url: string) => url.replace(name, `${name}_copy`);
  return { url: copyOf(database.url), apiUrl: copyOf(database.apiUrl) };
}

/** What the broker says of audit's consumer. */
async function consumer() {
  await using admin = await connectAs("admin");
  const manager = await admin.nats.jetstreamManager();
  return await manager.consumers.info(EVENTS_STREAM, AUDIT_CONSUMER);
}

async function audit(others: NodeJS.ProcessEnv = {}): Promise<RunningService & { readonly url: string }> {
  const environment = {
    AUDIT_HOST: "127.0.0.1",
    AUDIT_PORT: "0",
    STOP_DRAIN_MS: "0",
    FLOWSTATE_LOCAL: "true",
    DATABASE_URL: database.url,
    DATABASE_API_URL: database.apiUrl,
    NATS_URL: nats.url,
    NATS_EVENTS_PASSWORD: nats.passwords.audit,
    API_SECRET,
    TENANT_ID: TENANT,
    AUDIT_SIGNING_KEY: KEY_TEXT,
    ...others,
  };
  const config = readConfig(auditConfig.schema, auditConfig.variables, environment);
  const service = await startAudit(config, silentLogger);
  running.push(service);
  if (service.url === undefined) throw new Error("audit does not listen");
  return { url: service.url, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

/** Publishes the journey of one document of a tenant and resolves with its id. */
async function publishJourney(tenant: string = TENANT): Promise<string> {
  const publisher = new EventPublisher(ingest, "/flowstate/ingest");
  const document = {
    tenant_id: tenantIdSchema.parse(tenant),
    mail_id: mailIdSchema.parse(randomUUID()),
    document_id: documentIdSchema.parse(randomUUID()),
  };
  await publisher.publish({ type: "document.received", data: { ...document, source: "sendgrid", size_bytes: 10 } });
  await publisher.publish({
    type: "document.extracted",
    data: {
      ...document,
      duration_ms: 5,
      page_count: 1,
      provider: "e-invoice",
      validation_status: "valid",
      validation_issue_count: 0,
    },
  });
  await publisher.publish({
    type: "document.delivered",
    data: { ...document, duration_ms: 3, erp_http_status: 200, attempts: 1 },
  });
  await publisher.publish({ type: "document.wiped", data: { ...document, wiped_bytes: { ingest: 10 } } });
  return document.document_id;
}

const statusOf = async (url: string, path: string) =>
  (await fetch(new URL(path, url), { headers: { "x-api-key": API_SECRET } })).status;
const detailsSchema = z.object({
  document: z.object({ status: z.string() }),
  events: z.array(z.object({ type: z.string() })),
});
async function detailsOf(url: string, documentId: string, key = API_SECRET) {
  const answer = await fetch(new URL(`/api/documents/${documentId}`, url), { headers: { "x-api-key": key } });
  if (!answer.ok) return answer.status;
  const { document, events } = detailsSchema.parse(await answer.json());
  return { status: document.status, events: events.map(({ type }) => type) };
}
const DELIVERED = {
  status: "delivered",
  events: ["document.received", "document.extracted", "document.delivered", "document.wiped"],
};
async function countEvents(url: string, key = API_SECRET): Promise<number> {
  const pageSchema = z.object({ events: z.array(z.unknown()), next_cursor: z.string().nullable() });
  let count = 0;
  let query = "limit=200";
  for (;;) {
    const answer = await fetch(new URL(`/api/events?${query}`, url), { headers: { "x-api-key": key } });
    const page = pageSchema.parse(await answer.json());
    count += page.events.length;
    if (page.next_cursor === null) return count;
    query = `limit=200&cursor=${page.next_cursor}`;
  }
}

describe("audit", () => {
  it("shows what was published, soon after", async () => {
    const { url } = await audit();
    const documentId = await publishJourney();
    await expect.poll(() => detailsOf(url, documentId), RECOVERY).toEqual(DELIVERED);
    await expect.poll(() => statusOf(url, "/readyz"), RECOVERY).toBe(200);
  });

  it("shows each tenant its own documents, to each of its keys, and nobody another's", async () => {
    const keys = { globex: ["key-of-globex-old", "key-of-globex-new"], initech: ["key-of-initech"] };
    const tenants = Object.entries(keys).map(([id, list]) => ({
      id,
      api_keys: list.map((key) => createHash("sha256").update(key).digest("hex")),
    }));
    const { url } = await audit({ FLOWSTATE_TENANTS: JSON.stringify(tenants) });
    const owners = [
      { owner: TENANT, keys: [API_SECRET], documentId: await publishJourney() },
      { owner: "globex", keys: keys.globex, documentId: await publishJourney("globex") },
      { owner: "initech", keys: keys.initech, documentId: await publishJourney("initech") },
    ];
    for (const { keys, documentId } of owners) {
      for (const key of keys) await expect.poll(() => detailsOf(url, documentId, key), RECOVERY).toEqual(DELIVERED);
    }
    for (const { owner, keys } of owners) {
      for (const key of keys) expect(await countEvents(url, key)).toBe(4);
      for (const other of owners) {
        if (other.owner === owner) continue;
        for (const key of keys) expect(await detailsOf(url, other.documentId, key)).toBe(404);
      }
    }
    expect(await detailsOf(url, owners[0]?.documentId ?? "", "key-of-nobody")).toBe(401);
  });

  it("shows each event once when instances share the stream", async () => {
    const instances = await Promise.all([audit(), audit(), audit()]);
    const documentIds = await Promise.all(Array.from({ length: 50 }, () => publishJourney()));
    for (const documentId of documentIds) {
      await expect.poll(() => detailsOf(instances[0].url, documentId), RECOVERY).toEqual(DELIVERED);
    }
    expect(await countEvents(instances[1].url)).toBe(200);
  });

  it("says first that it stops, and leaves what it has not stored to the next instance", async () => {
    const first = await audit({ STOP_DRAIN_MS: "500" });
    const before = await publishJourney();
    await expect.poll(() => detailsOf(first.url, before), RECOVERY).toEqual(DELIVERED);
    await expect.poll(() => statusOf(first.url, "/readyz"), RECOVERY).toBe(200);
    const stopped = first[Symbol.asyncDispose]();
    expect(await Promise.all(["/readyz", "/livez"].map((path) => statusOf(first.url, path)))).toEqual([503, 200]);
    await stopped;
    await expect(fetch(first.url)).rejects.toThrow();
    const after = await publishJourney();
    const second = await audit();
    await expect.poll(() => detailsOf(second.url, after), RECOVERY).toEqual(DELIVERED);
    expect(await countEvents(second.url)).toBe(8);
  });

  it(
    "lives on while the database is stopped, and stores everything once when it is back",
    async () => {
      const { url } = await audit();
      const before = await publishJourney();
      await expect.poll(() => detailsOf(url, before), RECOVERY).toEqual(DELIVERED);

      await postgres.stop();
      const documentIds = await Promise.all(Array.from({ length: 60 }, () => publishJourney()));
      expect(await statusOf(url, "/livez")).toBe(200);
      expect(await statusOf(url, "/readyz")).toBe(503);
      expect(await statusOf(url, "/api/events")).toBe(503);
      // Long enough for the batch to have been refused and handed out again.
      await expect.poll(async () => (await consumer()).num_redelivered, RECOVERY).toBeGreaterThan(0);

      await postgres.restart();
      await expect.poll(() => statusOf(url, "/readyz"), RECOVERY).toBe(200);
      await expect.poll(() => countEvents(url), RECOVERY).toBe(4 + 4 * documentIds.length);
      for (const documentId of documentIds) expect(await detailsOf(url, documentId)).toEqual(DELIVERED);
      await expect.poll(async () => (await consumer()).num_ack_pending, RECOVERY).toBe(0);
    },
    SLOW_TEST_MS,
  );

  it(
    "starts without database and broker, and takes up its work when they are there",
    async () => {
      const documentId = await publishJourney();
      await postgres.stop();
      await nats.stop();
      const { url } = await audit();
      expect(await statusOf(url, "/livez")).toBe(200);
      expect(await statusOf(url, "/readyz")).toBe(503);
      expect(await statusOf(url, "/api/documents")).toBe(503);
      await postgres.restart();
      await expect.poll(() => statusOf(url, "/api/documents"), RECOVERY).toBe(200);
      expect(await statusOf(url, "/readyz")).toBe(503);
      await nats.restart();
      await expect.poll(() => statusOf(url, "/readyz"), RECOVERY).toBe(200);
      await expect.poll(() => detailsOf(url, documentId), RECOVERY).toEqual(DELIVERED);
    },
    SLOW_TEST_MS,
  );

  it("does not start with an API role that could see more than one tenant", async () => {
    await expect(audit({ DATABASE_API_URL: database.url })).rejects.toMatchObject({ code: "api_role_privileged" });
  });

  it("does not start unhardened when GHOST_STRICT is set", async () => {
    await expect(audit({ GHOST_STRICT: "true" })).rejects.toThrow("not hardened");
  });

  it("stops when asked while it still waits for database and broker", async () => {
    await postgres.stop();
    await nats.stop();
    const service = await audit();
    await service[Symbol.asyncDispose]();
    await expect(fetch(service.url)).rejects.toThrow();
    await postgres.restart();
    await nats.restart();
    const stoppedWithoutBroker = await audit();
    await stoppedWithoutBroker[Symbol.asyncDispose]();
  });

  it("on a database out of a backup reads again what the stream keeps, and keeps everything once", async () => {
    const first = await audit();
    const before = await publishJourney();
    await expect.poll(() => detailsOf(first.url, before), RECOVERY).toEqual(DELIVERED);
    await first[Symbol.asyncDispose]();
    const backup = await copyOfDatabase();
    const second = await audit();
    const since = await publishJourney();
    await expect.poll(() => detailsOf(second.url, since), RECOVERY).toEqual(DELIVERED);
    await second[Symbol.asyncDispose]();

    await replayEvents({ url: nats.url, password: nats.passwords.admin });
    const restored = await audit({ DATABASE_URL: backup.url, DATABASE_API_URL: backup.apiUrl });
    await expect.poll(async () => (await consumer()).ack_floor.stream_seq, RECOVERY).toBe(8);
    expect(await countEvents(restored.url)).toBe(8);
    for (const documentId of [before, since]) expect(await detailsOf(restored.url, documentId)).toEqual(DELIVERED);
    const environment = { FLOWSTATE_LOCAL: "true", DATABASE_URL: backup.url, AUDIT_SIGNING_KEY: KEY_TEXT };
    expect(await verify.run([], environment)).toBe(true);
  });

  it(
    "goes on when the broker was away",
    async () => {
      const { url } = await audit();
      const before = await publishJourney();
      await expect.poll(() => detailsOf(url, before), RECOVERY).toEqual(DELIVERED);
      await nats.restart();
      await expect.poll(() => ingest.connected, RECOVERY).toBe(true);
      expect(await statusOf(url, "/readyz")).toBe(200);
      const after = await publishJourney();
      await expect.poll(() => detailsOf(url, after), RECOVERY).toEqual(DELIVERED);
      expect(await countEvents(url)).toBe(8);
    },
    SLOW_TEST_MS,
  );
});
