// Real: PostgreSQL with the schema that the migrations make, read back from its catalogue. Doubled: nothing.
import { EVENT_DATA, EVENT_TYPES, stageSchema } from "@flowstate/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { chainedEventSchema } from "../chain/chained-event.ts";
import { recordingHeadSchema } from "../chain/recording-head.ts";
import { segmentSchema } from "../chain/segment.ts";
import { foldedDocumentSchema } from "../projection/document-row.ts";
import { recordBatch } from "../recording/consume-events.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

let database: AuditDatabase;
/** Events are stored here, so that the catalogue has what the code makes besides the migrations. */
const partition = "events_2026_11";
beforeAll(async () => {
  database = await auditDatabase();
  await recordBatch(recordingInto(database.pool, "2026-11-23T12:00:00Z"), [messageOf(sampleEvent("mail.ignored"), 1)]);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** The closed list of the contracts, as columns. */
function closedList(): string[] {
  const fields = new Set<string>(EVENT_TYPES.flatMap((type) => Object.keys(EVENT_DATA[type].shape)));
  fields.delete("wiped_bytes");
  const services = Object.keys(EVENT_DATA["document.wiped"].shape.wiped_bytes.shape);
  const stages = stageSchema.options.flatMap((stage) => [`${stage}_duration_ms`, `${stage}_attempts`]);
  return [...fields, ...services.map((service) => `wiped_bytes_${service.replaceAll("-", "_")}`), ...stages];
}

/** What tells rows apart, orders them and says when something happened. */
const BOOKKEEPING = [
  "position",
  "recorded_on",
  "recorded_at",
  "event_id",
  "stream_sequence",
  "type",
  "time",
  "trace_id",
  "status",
  "status_at",
  "received_at",
  "wiped_at",
  "projection_version",
  "folded_time",
  "folded_sequence",
  "folded_event_id",
  "version",
  "rebuilt_at",
  "rebuild_done",
  "rebuild_total",
  "rejected_at",
  "name",
  "sha256",
  "applied_at",
];

/** What operators are told is wrong: since when, how much, and whether it was told (alerts/). */
const ALERTS = ["rule", "opened_at", "affected", "quiet_since", "told_at"];

/** What tamper evidence, retention and erasure need: digests, signatures, places in the chain, and counts. */
const EVIDENCE = [
  "segment_index",
  "sender_salt",
  "sender_commitment",
  "erasure_key_id",
  "erasure_signature",
  "digest",
  "head_key_id",
  "head_signature",
  "day",
  "first_position",
  "last_position",
  "event_count",
  "segment_count",
  "previous_digest",
  "key_id",
  "signature",
  "retired_on",
  "retirement_key_id",
  "retirement_signature",
  "finished_at",
  "erased_at",
  "segments",
  "events",
  "documents",
  "partitions",
  "untrusted",
  "pseudonym",
  "stream_messages",
];

const columnsSchema = z.array(z.object({ table_name: z.string(), column_name: z.string(), data_type: z.string() }));
async function catalogue() {
  const { rows } = await database.pool.query(
    `SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  return columnsSchema.parse(rows);
}
const columnsOf = async (table: string) =>
  (await catalogue()).filter(({ table_name }) => table_name === table).map(({ column_name }) => column_name);

describe("the schema", () => {
  it("has no column that is not on the closed list or bookkeeping", async () => {
    const allowed = new Set([...closedList(), ...BOOKKEEPING, ...ALERTS, ...EVIDENCE]);
    const columns = await catalogue();
    expect(new Set(columns.map(({ table_name }) => table_name))).toEqual(
      new Set([
        "events",
        partition,
        "documents",
        "recording_head",
        "segments",
        "retention_runs",
        "erasures",
        "alerts",
        "projections",
        "rejected_events",
        "schema_migrations",
      ]),
    );
    expect(columns.filter(({ column_name }) => !allowed.has(column_name))).toEqual([]);
  });

  it("has no column of a type that could take anything", async () => {
    const types = new Set((await catalogue()).map(({ data_type }) => data_type));
    expect([...types].sort()).toEqual(["bigint", "bytea", "date", "text", "timestamp with time zone", "uuid"]);
  });

  it("keeps of a rejected message nothing but its place, a code and when", async () => {
    expect((await columnsOf("rejected_events")).sort()).toEqual(["code", "rejected_at", "stream_sequence"]);
  });

  it("has a column for every field that the code writes", async () => {
    expect((await columnsOf("documents")).sort()).toEqual(Object.keys(foldedDocumentSchema.shape).sort());
    expect((await columnsOf("segments")).sort()).toEqual(Object.keys(segmentSchema.shape).sort());
    expect((await columnsOf("recording_head")).sort()).toEqual(Object.keys(recordingHeadSchema.shape).sort());
    for (const table of ["events", partition]) {
      expect((await columnsOf(table)).sort()).toEqual(Object.keys(chainedEventSchema.shape).sort());
    }
  });
});
