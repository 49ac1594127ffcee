import type { EventData, EventType, FlowstateEvent } from "@flowstate/contracts";
import { z } from "zod";
import { bigint, day, optionalBigint, optionalText, optionalUuid, text, time, uuid } from "../database/columns.ts";

/** An event as a row of typed columns: one for each field of the closed list, null where not stated. */
export const eventRowSchema = z.object({
  event_id: uuid,
  stream_sequence: bigint,
  type: text,
  time,
  trace_id: optionalText,
  tenant_id: optionalText,
  mail_id: uuid,
  document_id: optionalUuid,
  sender_email: optionalText,
  source: optionalText,
  size_bytes: optionalBigint,
  page_count: optionalBigint,
  stage: optionalText,
  code: optionalText,
  duration_ms: optionalBigint,
  validation_status: optionalText,
  validation_issue_count: optionalBigint,
  provider: optionalText,
  model: optionalText,
  input_tokens: optionalBigint,
  output_tokens: optionalBigint,
  erp_http_status: optionalBigint,
  attempts: optionalBigint,
  wiped_bytes_ingest: optionalBigint,
  wiped_bytes_extractor: optionalBigint,
  wiped_bytes_erp_pusher: optionalBigint,
});
export type EventRow = z.output<typeof eventRowSchema>;

/** An event as the table `events` keeps it: with its place in the order of recording, and the day of it. */
export const recordedEventSchema = eventRowSchema.extend({ position: bigint, recorded_on: day });
export type RecordedEvent = z.output<typeof recordedEventSchema>;

type DataField = { [T in EventType]: keyof EventData<T> }[EventType];

/** Every field that any event's data can have; a test holds the columns to them. */
type AnyData = {
  readonly [F in DataField]?: { [T in EventType]: F extends keyof EventData<T> ? EventData<T>[F] : never }[EventType];
};

/** The fields that are one column of the same name. */
const PLAIN_FIELDS = [
  "tenant_id",
  "mail_id",
  "document_id",
  "sender_email",
  "source",
  "size_bytes",
  "page_count",
  "stage",
  "code",
  "duration_ms",
  "validation_status",
  "validation_issue_count",
  "provider",
  "model",
  "input_tokens",
  "output_tokens",
  "erp_http_status",
  "attempts",
] as const satisfies readonly Exclude<DataField, "wiped_bytes">[];

/** A time as it stands in a row, and as ingest writes it. */
const MILLISECONDS_OF_UTC = /\.\d{3}Z$/;

/** Where the trace id stands in a traceparent: `00-<trace id>-<span id>-<flags>` (W3C Trace Context). */
const TRACE_ID = [3, 35] as const;

/**
 * The event's row. `sequence` is the stream's number for its message. Every value is as PostgreSQL hands it out again, ids in
 * lower case and times in milliseconds, so that it makes no difference whether a row was just made or read back.
 */
export function rowOfEvent(event: FlowstateEvent, sequence: number): EventRow {
  const data: AnyData = event.data;
  return {
    event_id: event.id.toLowerCase(),
    stream_sequence: sequence,
    type: event.type,
    time: MILLISECONDS_OF_UTC.test(event.time) ? event.time : new Date(event.time).toISOString(),
    trace_id: event.traceparent?.slice(...TRACE_ID) ?? null,
    tenant_id: data.tenant_id ?? null,
    mail_id: event.data.mail_id.toLowerCase(),
    document_id: data.document_id?.toLowerCase() ?? null,
    sender_email: data.sender_email ?? null,
    source: data.source ?? null,
    size_bytes: data.size_bytes ?? null,
    page_count: data.page_count ?? null,
    stage: data.stage ?? null,
    code: data.code ?? null,
    duration_ms: data.duration_ms ?? null,
    validation_status: data.validation_status ?? null,
    validation_issue_count: data.validation_issue_count ?? null,
    provider: data.provider ?? null,
    model: data.model ?? null,
    input_tokens: data.input_tokens ?? null,
    output_tokens: data.output_tokens ?? null,
    erp_http_status: data.erp_http_status ?? null,
    attempts: data.attempts ?? null,
    wiped_bytes_ingest: data.wiped_bytes?.ingest ?? null,
    wiped_bytes_extractor: data.wiped_bytes?.extractor ?? null,
    wiped_bytes_erp_pusher: data.wiped_bytes?.["erp-pusher"] ?? null,
  };
}

/** What callers of the API see of an event. */
export interface EventView {
  readonly id: string;
  readonly type: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** W3C trace id, 32 hexadecimal digits; null where what the event is of was not traced. */
  readonly trace_id: string | null;
  /** Exactly the fields that the event stated. */
  readonly data: Readonly<Record<string, string | number | WipedBytes>>;
}

type WipedBytes = Readonly<Partial<Record<"ingest" | "extractor" | "erp-pusher", number>>>;

/** The event that a row was made from, without what only the broker needs. */
export function eventOfRow(row: EventRow): EventView {
  const data: Record<string, string | number | WipedBytes> = {};
  for (const field of PLAIN_FIELDS) {
    const value = row[field];
    if (value !== null) data[field] = value;
  }
  if (row.type === ("document.wiped" satisfies EventType)) data["wiped_bytes"] = wipedBytesOf(row);
  return { id: row.event_id, type: row.type, time: row.time, trace_id: row.trace_id, data };
}

function wipedBytesOf(row: EventRow): WipedBytes {
  return {
    ...(row.wiped_bytes_ingest !== null && { ingest: row.wiped_bytes_ingest }),
    ...(row.wiped_bytes_extractor !== null && { extractor: row.wiped_bytes_extractor }),
    ...(row.wiped_bytes_erp_pusher !== null && { "erp-pusher": row.wiped_bytes_erp_pusher }),
  };
}
