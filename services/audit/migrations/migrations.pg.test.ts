// Real: PostgreSQL with the schema that the migrations make, read back from its catalogue. Doubled: nothing.
import { EVENT_DATA, EVENT_TYPES, stageSchema } from "@flowstate/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { chainedEventSchema } from "../chain/chained-event.ts";
import { recordingHeadSchema } from "../chain/recording-head.ts";
import { segmentSchema } from "../chain/segment.ts";
import { foldedDocumentSchema } from "../projection/document-row.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

let database: AuditDatabase;
/** Events are stored here, so that the catalogue has what the code makes besides the migrations. */
const partition = "events_2026_11";
beforeAll(async () => {
  database = await auditDatabase();
  await recordMessages(recordingInto(database.pool, "2026-11-23T12:00:00Z"), [
    messageOf(sampleEvent("mail.ignored"), 1),
  ]);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** The closed list of what an event may say, written down once more: a field that the contracts get is no column yet. */
const CLOSED_LIST = [
  ...["tenant_id", "mail_id", "document_id", "sender_email", "source", "size_bytes", "page_count", "stage", "code"],
  ...["duration_ms", "validation_status", "validation_issue_count", "provider", "model", "input_tokens"],
  ...["output_tokens", "erp_http_status", "attempts"],
  ...["wiped_bytes_ingest", "wiped_bytes_extractor", "wiped_bytes_erp_pusher"],
];

const SIGNATURE = ["key_id", "signature"];

/** An event: the closed list, what its envelope says, its place, and its evidence. */
const EVENTS = [
  ...CLOSED_LIST,
  ...["event_id", "type", "time", "trace_id", "stream_sequence"],
  ...["position", "recorded_on", "segment_index", "digest", "head_key_id", "head_signature"],
  ...["sender_salt", "sender_commitment", "erasure_key_id", "erasure_signature"],
];

/** A document: of the closed list what is said of one, durations and attempts by stage, and how the row came about. */
const DOCUMENTS = [
  ...["document_id", "mail_id", "tenant_id", "sender_email", "source", "size_bytes", "page_count", "stage", "code"],
  ...["provider", "model", "input_tokens", "output_tokens", "validation_status", "validation_issue_count"],
  ...["erp_http_status", "trace_id", "status", "status_at", "received_at", "wiped_at"],
  ...stageSchema.options.map((stage) => `${stage}_duration_ms`),
  ...["extract_attempts", "deliver_attempts"],
  ...["projection_version", "folded_time", "folded_sequence", "folded_event_id"],
];

/** Every table and every column of it: nothing else is kept. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  events: EVENTS,
  [partition]: EVENTS,
  documents: DOCUMENTS,
  recording_head: ["position", "recorded_on", "recorded_at", "segment_count", ...SIGNATURE],
  segments: [
    ...[
      "tenant_id",
      "day",
      "first_position",
      "last_position",
      "event_count",
      "previous_digest",
      "digest",
      ...SIGNATURE,
    ],
    ...["retired_on", "retirement_key_id", "retirement_signature"],
  ],
  retention_runs: [...["day", "finished_at", "segments", "events", "documents", "partitions", "rejected", "untrusted"]],
  chain_breaks: ["tenant_id", "day", "broken_at", "position", "unaccounted", ...SIGNATURE],
  erasures: ["pseudonym", "erased_at", "events", "documents", "stream_messages"],
  alerts: ["rule", "tenant_id", "opened_at", "affected", "code", "document_id", "quiet_since", "told_at"],
  projections: ["name", "version", "rebuilt_at", "rebuild_done", "rebuild_total"],
  rejected_events: ["stream_sequence", "code", "rejected_at"],
  schema_migrations: ["name", "sha256", "applied_at"],
};

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
  it("has no table and no column that is not on the closed list of its table", async () => {
    const tables = Map.groupBy(await catalogue(), ({ table_name }) => table_name);
    const columns = [...tables].map(([table, ofTable]) => [
      table,
      ofTable.map(({ column_name }) => column_name).sort(),
    ]);
    expect(Object.fromEntries(columns)).toEqual(
      Object.fromEntries(Object.entries(TABLES).map(([table, names]) => [table, names.toSorted()])),
    );
  });

  it("has a column for every field of the events' schema, and the closed list has no other", () => {
    const fields = new Set<string>(EVENT_TYPES.flatMap((type) => Object.keys(EVENT_DATA[type].shape)));
    fields.delete("wiped_bytes");
    const services = Object.keys(EVENT_DATA["document.wiped"].shape.wiped_bytes.shape);
    const wiped = services.map((service) => `wiped_bytes_${service.replaceAll("-", "_")}`);
    expect([...fields, ...wiped].sort()).toEqual(CLOSED_LIST.toSorted());
  });

  it("has no column of a type that could take anything", async () => {
    const types = new Set((await catalogue()).map(({ data_type }) => data_type));
    expect([...types].sort()).toEqual(["bigint", "bytea", "date", "text", "timestamp with time zone", "uuid"]);
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
