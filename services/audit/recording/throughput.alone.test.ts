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
import type { PoolClient } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type ChainedEvent, chainedEventSchema } from "../chain/chained-event.ts";
import { type FoldedDocument, foldedDocumentSchema } from "../projection/document-row.ts";
import { rebuildDocuments } from "../projection/rebuild-documents.ts";
import { type AuditDatabase, auditDatabase, silentLogger } from "../testing/audit-database.ts";
import { parentOf, processorTimeOf, processorTimeOfFamily, TELLS_PROCESSOR_TIME } from "../testing/processor-time.ts";
import { KEY_TEXT } from "../testing/sample-record.ts";
import { EVENTS_PER_MAIL, eventsOfMails } from "../testing/synthetic-mails.ts";
import { createPartition, partitionOfDay } from "./event-partitions.ts";

/** THROUGHPUT_EVENTS=100000 measures over more than every run has time for. */
const EVENTS = Number(process.env["THROUGHPUT_EVENTS"] ?? 15_000);
const KILLS = 10;
/** What a killed process held is handed out again after this; in production after a minute, which is long for a test. */
const ACK_WAIT_MS = 2_000;
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
      STOP_DRAIN_MS: "0",
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

/** How fast, and what it cost: milliseconds of processor time by who has used them, none where the machine does not tell. */
interface Measured {
  readonly events: number;
  readonly ms: number;
  readonly processorMs: Readonly<Record<string, number>>;
}

const backendSchema = z.tuple([z.object({ pid: z.int() })]);

/** Looks at what is used now; calling the answer tells what was used since, and by whom. */
async function startMeter(
  { pool }: AuditDatabase,
  others: Readonly<Record<string, () => number>>,
): Promise<() => Readonly<Record<string, number>>> {
  if (!TELLS_PROCESSOR_TIME) return () => ({});
  const [{ pid }] = backendSchema.parse((await pool.query("SELECT pg_backend_pid() AS pid")).rows);
  const postmaster = parentOf(pid);
  const meters = Object.entries({ ...others, PostgreSQL: () => processorTimeOfFamily(postmaster) });
  const before = new Map(meters.map(([name, used]) => [name, used()]));
  return () => Object.fromEntries(meters.map(([name, used]) => [name, used() - (before.get(name) ?? 0)]));
}

const rateOf = ({ events, ms }: Measured) => Math.round((events / ms) * 1_000);
function costOf({ events, processorMs }: Measured): string {
  const costs = Object.entries(processorMs).map(([name, ms]) => `${name} ${((ms / events) * 1_000).toFixed(1)}`);
  return costs.length === 0 ? "not told by this machine" : costs.join(", ");
}

/** Records the whole stream undisturbed, measured from the first commit that is seen to the last. */
async function recordUndisturbed(database: AuditDatabase): Promise<Measured> {
  await forgetConsumer();
  const audit = await startAuditProcess(database);
  const first = await untilRecorded(database, 1);
  const used = await startMeter(database, {
    audit: () => processorTimeOf(audit.pid),
    "nats-server": () => processorTimeOf(nats.pid),
  });
  const last = await untilRecorded(database, EVENTS);
  const processorMs = used();
  await audit.stop();
  return { events: last.position - first.position, ms: last.atMs - first.atMs, processorMs };
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

const columnSchema = z.array(z.object({ name: z.string(), type: z.string() }));
const SELECT_COLUMNS = `
  SELECT attname AS name, atttypid::regtype::text AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`;

/** Rows as the ordinary way of writing many has them: one array for each column, made by the driver. */
async function inserting(client: PoolClient, name: string) {
  const columns = columnSchema.parse((await client.query(SELECT_COLUMNS, [name])).rows);
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`);
  const names = columns.map((column) => column.name);
  const statement = `INSERT INTO ${name} (${names.join(", ")}) SELECT * FROM unnest(${arrays.join(", ")})`;
  return (rows: readonly Readonly<Record<string, unknown>>[]) =>
    client.query(
      statement,
      names.map((column) => rows.map((row) => row[column])),
    );
}

/** The same rows by plain SQL, a batch at a time, one after the other. */
async function insertPlainly(
  database: AuditDatabase,
  events: readonly ChainedEvent[],
  documents: readonly FoldedDocument[],
): Promise<Measured> {
  const client = await database.pool.connect();
  await createPartition(client, partitionOfDay(events[0]?.recorded_on ?? ""));
  const insertEvents = await inserting(client, "events");
  const insertDocuments = await inserting(client, "documents");
  const inserted = documents.toSorted((a, b) => a.folded_sequence - b.folded_sequence);
  const used = await startMeter(database, { client: () => processorTimeOf(process.pid) });
  const startedAt = performance.now();
  for (let done = 0; done < events.length; done += PLAIN_BATCH) {
    await insertEvents(events.slice(done, done + PLAIN_BATCH));
    const upTo = (at: number) => Math.round((inserted.length * Math.min(at, events.length)) / events.length);
    await insertDocuments(inserted.slice(upTo(done), upTo(done + PLAIN_BATCH)));
  }
  const ms = performance.now() - startedAt;
  const processorMs = used();
  client.release();
  return { events: events.length, ms, processorMs };
}

it(
  `${EVENTS} events are recorded exactly once, by a process that is killed ${KILLS} times on the way too, and rebuild to the same`,
  async () => {
    const published = (await publishEvents()).sort();
    await using undisturbed = await auditDatabase();
    await using disturbed = await auditDatabase();
    await using plain = await auditDatabase();

    const recorded = await recordUndisturbed(undisturbed);
    const events = await eventsOf(undisturbed);
    const documents = await documentsOf(undisturbed);
    const plainly = await insertPlainly(plain, events, documents);
    process.stdout.write(
      `recorded ${rateOf(recorded)} events/s (validated, deduplicated, chained and signed, folded); ` +
        `the same rows by plain batched SQL ${rateOf(plainly)} events/s; ratio ${(rateOf(recorded) / rateOf(plainly)).toFixed(2)}\n` +
        `processor time of each event, µs: recorded: ${costOf(recorded)}; plainly: ${costOf(plainly)}\n`,
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
