// Real: audit as a process of its own that is killed, nats-server with its JetStream on disk, PostgreSQL. Doubled: ingest,
// whose events are published here under its identity. Prints what it measured.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_CONSUMER, EVENTS_STREAM } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { startNodeServer } from "@flowstate/local/servers/node-server.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { connectEvents, type EventsConnection, provisionEvents } from "@flowstate/messaging";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type ChainedEvent, chainedEventSchema } from "../chain/chained-event.ts";
import { columnList, unnestedRows } from "../database/columns.ts";
import { type FoldedDocument, foldedDocumentSchema } from "../projection/document-row.ts";
import { rebuildDocuments } from "../projection/rebuild-documents.ts";
import { type AuditDatabase, auditDatabase, silentLogger } from "../testing/audit-database.ts";
import { KEY_TEXT } from "../testing/sample-record.ts";
import { EVENTS_PER_MAIL, eventsOfMails } from "../testing/synthetic-mails.ts";
import { createPartition, partitionOfDay } from "./event-partitions.ts";

const EVENTS = 100_000;
const KILLS = 10;
/** What a killed process held is handed out again after this; in production after a minute, which is long for a test. */
const ACK_WAIT_MS = 5_000;
const PLAIN_BATCH = 1_000;
const POLL_MS = 10;
const SUITE_LIMIT_MS = 600_000;

let nats: NatsServer;
let admin: EventsConnection;
let folder: string;
beforeAll(async () => {
  nats = await startNatsServer();
  await provisionEvents({ url: nats.url, password: nats.passwords.admin });
  admin = await connectAs("admin");
  folder = temporaryFolder(join(tmpdir(), "flowstate-throughput-"));
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
  await removeNow(folder);
});

function connectAs(identity: "admin" | "ingest-events"): Promise<EventsConnection> {
  return connectEvents({ url: nats.url, identity, password: nats.passwords[identity], logger: silentLogger });
}

/** Resolves with the ids of what was published. */
async function publishEvents(): Promise<string[]> {
  await using ingest = await connectAs("ingest-events");
  const published: string[] = [];
  for (const { subject, id, body } of eventsOfMails(EVENTS / EVENTS_PER_MAIL)) {
    ingest.nats.publish(subject, body);
    if (published.push(id) % PLAIN_BATCH === 0) await ingest.nats.flush();
  }
  const manager = await admin.nats.jetstreamManager();
  const stored = async () => (await manager.streams.info(EVENTS_STREAM)).state.messages;
  await expect.poll(stored, { timeout: 60_000 }).toBe(EVENTS);
  return published;
}

/** The consumer as if nothing had been read yet. */
async function forgetConsumer(): Promise<void> {
  const manager = await admin.nats.jetstreamManager();
  await manager.consumers.delete(EVENTS_STREAM, AUDIT_CONSUMER);
  await provisionEvents({ url: nats.url, password: nats.passwords.admin });
  await manager.consumers.update(EVENTS_STREAM, AUDIT_CONSUMER, { ack_wait: ACK_WAIT_MS * 1_000_000 });
}

function startAuditProcess({ url, apiUrl }: AuditDatabase): Promise<Server> {
  return startNodeServer({
    name: "audit",
    program: join("services", "audit", "main.ts"),
    environment: () => ({
      FLOWSTATE_LOCAL: "true",
      AUDIT_HOST: "127.0.0.1",
      AUDIT_PORT: "0",
      DATABASE_URL: url,
      DATABASE_API_URL: apiUrl,
      NATS_URL: nats.url,
      NATS_EVENTS_PASSWORD: nats.passwords.audit,
      API_SECRET: "key-of-acme-0123456789",
      AUDIT_SIGNING_KEY: KEY_TEXT,
    }),
    logPath: join(folder, "audit.log"),
  });
}

const headSchema = z.tuple([z.object({ position: z.int() })]);
async function untilRecorded({ pool }: AuditDatabase, count: number): Promise<{ position: number; atMs: number }> {
  for (;;) {
    const { rows } = await pool.query("SELECT position::int AS position FROM recording_head");
    const [{ position }] = headSchema.parse(rows);
    if (position >= count) return { position, atMs: performance.now() };
    await sleep(POLL_MS);
  }
}

const keysSchema = z.array(z.object({ position: z.int(), event_id: z.string() }));
async function keysOf({ pool }: AuditDatabase): Promise<z.output<typeof keysSchema>> {
  const { rows } = await pool.query("SELECT position::int AS position, event_id FROM events ORDER BY position");
  return keysSchema.parse(rows);
}
const eventsOf = async ({ pool }: AuditDatabase): Promise<ChainedEvent[]> =>
  chainedEventSchema.array().parse((await pool.query("SELECT * FROM events ORDER BY position")).rows);
const documentsOf = async ({ pool }: AuditDatabase): Promise<FoldedDocument[]> =>
  foldedDocumentSchema.array().parse((await pool.query("SELECT * FROM documents ORDER BY document_id")).rows);
const perSecond = (count: number, ms: number) => Math.round((count / ms) * 1_000);

/** Records the whole stream undisturbed. Resolves with the rate from the first commit that is seen to the last. */
async function recordUndisturbed(database: AuditDatabase): Promise<number> {
  await forgetConsumer();
  const audit = await startAuditProcess(database);
  const first = await untilRecorded(database, 1);
  const last = await untilRecorded(database, EVENTS);
  await audit.stop();
  return perSecond(last.position - first.position, last.atMs - first.atMs);
}

/** Records the whole stream with a process that is killed on the way, wherever it stands. */
async function recordWithKills(database: AuditDatabase): Promise<void> {
  await forgetConsumer();
  let audit = await startAuditProcess(database);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await untilRecorded(database, (EVENTS * kill) / (KILLS + 1));
    await audit.kill();
    audit = await startAuditProcess(database);
  }
  await untilRecorded(database, EVENTS);
  await audit.stop();
}

/** The same rows by plain SQL, a batch at a time, one after the other. Resolves with the rate, in events. */
async function insertPlainly(
  database: AuditDatabase,
  events: readonly ChainedEvent[],
  documents: readonly FoldedDocument[],
): Promise<number> {
  const client = await database.pool.connect();
  await createPartition(client, partitionOfDay(events[0]?.recorded_on ?? ""));
  const insert = async (name: string, table: z.ZodObject, rows: readonly Readonly<Record<string, unknown>>[]) => {
    const columns = Object.keys(table.shape).map((column) => rows.map((row) => row[column]));
    await client.query(`INSERT INTO ${name} (${columnList(table)}) SELECT * FROM ${unnestedRows(table)}`, columns);
  };
  const inserted = documents.toSorted((a, b) => a.folded_sequence - b.folded_sequence);
  const startedAt = performance.now();
  for (let done = 0; done < events.length; done += PLAIN_BATCH) {
    await insert("events", chainedEventSchema, events.slice(done, done + PLAIN_BATCH));
    const upTo = (at: number) => Math.round((inserted.length * Math.min(at, events.length)) / events.length);
    await insert("documents", foldedDocumentSchema, inserted.slice(upTo(done), upTo(done + PLAIN_BATCH)));
  }
  const rate = perSecond(events.length, performance.now() - startedAt);
  client.release();
  return rate;
}

it(
  `${EVENTS} events are recorded exactly once, by a process that is killed ${KILLS} times on the way too, and rebuild to the same`,
  async () => {
    const published = (await publishEvents()).sort();
    await using undisturbed = await auditDatabase();
    await using disturbed = await auditDatabase();
    await using plain = await auditDatabase();

    const rate = await recordUndisturbed(undisturbed);
    const events = await eventsOf(undisturbed);
    const documents = await documentsOf(undisturbed);
    const plainRate = await insertPlainly(plain, events, documents);
    process.stdout.write(
      `recorded ${rate} events/s (validated, deduplicated, chained and signed, folded); the same rows by plain batched SQL ${plainRate} events/s; ` +
        `ratio ${(rate / plainRate).toFixed(2)}\n`,
    );
    await recordWithKills(disturbed);

    for (const database of [undisturbed, disturbed]) {
      const stored = await keysOf(database);
      expect(stored.map(({ position }) => position)).toEqual(published.map((_id, index) => index + 1));
      expect(stored.map(({ event_id }) => event_id).sort()).toEqual(published);
      const { rows } = await database.pool.query("SELECT count(*)::int AS rejected FROM rejected_events");
      expect(rows).toEqual([{ rejected: 0 }]);
    }
    expect(await documentsOf(disturbed)).toEqual(documents);
    await disturbed.pool.query("UPDATE documents SET status = 'received', sender_email = NULL");
    expect(await rebuildDocuments({ pool: disturbed.pool })).toBe("rebuilt");
    expect(await documentsOf(disturbed)).toEqual(documents);
  },
  SUITE_LIMIT_MS,
);
