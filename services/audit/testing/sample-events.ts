import { randomUUID } from "node:crypto";
import { dataschemaOf, type EVENT_DATA, type EventType, eventSchema, type FlowstateEvent } from "@flowstate/contracts";
import type { StreamMessage } from "@flowstate/messaging";
import type { z } from "zod";
import { type DocumentEvent, isDocumentEvent } from "../projection/document-event.ts";
import { rowOfEvent } from "../recording/event-row.ts";

/** The data of each event type, plain. */
export type SampleData = { readonly [T in EventType]: z.input<(typeof EVENT_DATA)[T]> };

export const TENANT = "acme";
export const MAIL_ID = "6a1c3f57-2a52-8d43-9f0b-3f6c1f0f7a01";
export const DOCUMENT_ID = "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02";
export const SENDER = "billing@supplier.example";

const mail = { tenant_id: TENANT, mail_id: MAIL_ID };
const document = { ...mail, document_id: DOCUMENT_ID };
const details = {
  page_count: 2,
  validation_status: "invalid",
  validation_issue_count: 4,
  erp_http_status: 422,
  attempts: 3,
} as const;

/** Every field that each type can have is stated. */
export const SAMPLE_DATA: SampleData = {
  "mail.received": { ...mail, sender_email: SENDER, source: "sendgrid", size_bytes: 31_000 },
  "mail.ignored": { ...mail, code: "no_document" },
  "mail.unroutable": {
    mail_id: MAIL_ID,
    sender_email: SENDER,
    source: "sendgrid",
    size_bytes: 31_000,
    code: "unknown_recipient",
  },
  "mail.refused": { mail_id: MAIL_ID, source: "sendgrid", size_bytes: 31_000, code: "mail_malformed" },
  "document.received": {
    ...document,
    sender_email: SENDER,
    source: "sendgrid",
    size_bytes: 20_480,
    duration_ms: 35,
  },
  "document.claimed": { ...document, duration_ms: 6 },
  "document.extracted": {
    ...document,
    duration_ms: 1_200,
    page_count: 2,
    provider: "gemini",
    model: "gemini-2.5-flash",
    input_tokens: 1_000,
    output_tokens: 400,
    attempts: 1,
    validation_status: "valid",
    validation_issue_count: 0,
  },
  "document.delivered": { ...document, duration_ms: 80, erp_http_status: 202, attempts: 2 },
  "document.refused": { ...document, ...details, code: "document_encrypted", stage: "extract", duration_ms: 15 },
  "document.invalid": {
    ...document,
    ...details,
    code: "extraction_failed_validation",
    stage: "extract",
    duration_ms: 900,
    provider: "gemini",
    model: "gemini-2.5-flash",
    input_tokens: 900,
    output_tokens: 300,
  },
  "document.undeliverable": { ...document, ...details, code: "erp_rejected", stage: "deliver", duration_ms: 70 },
  "document.deferred": { ...document, ...details, code: "erp_unavailable", stage: "deliver", duration_ms: 30_000 },
  "document.duplicate": document,
  "document.wiped": { ...document, wiped_bytes: { ingest: 20_480, extractor: 20_480, "erp-pusher": 1_900 } },
};

export interface SampleOptions<T extends EventType> {
  readonly id?: string;
  /** RFC 3339, UTC. */
  readonly time?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
  /** Replaces fields of the sample data; `undefined` leaves one out. */
  readonly data?: { readonly [F in keyof SampleData[T]]?: SampleData[T][F] | undefined };
}

/** An event of the given type, as it would stand on the stream. */
export function sampleEvent<T extends EventType>(type: T, options: SampleOptions<T> = {}): FlowstateEvent {
  const data = { ...SAMPLE_DATA[type], ...options.data };
  return eventSchema.parse({
    specversion: "1.0",
    id: options.id ?? randomUUID(),
    source: "/flowstate/ingest",
    type,
    time: options.time ?? "2026-11-23T09:00:00.000Z",
    subject: "document_id" in data ? data.document_id : data.mail_id,
    datacontenttype: "application/json",
    dataschema: dataschemaOf(type),
    ...(options.traceparent !== undefined && { traceparent: options.traceparent }),
    data: JSON.parse(JSON.stringify(data)),
  });
}

/** The event as the consumer hands it over. */
export function messageOf(event: unknown, sequence: number): StreamMessage {
  return { data: Buffer.from(JSON.stringify(event)), sequence };
}

/** An event about a document, as the projection reads it. */
export function documentEvent(event: FlowstateEvent, sequence: number): DocumentEvent {
  const row = rowOfEvent(event, sequence);
  if (!isDocumentEvent(row)) throw new TypeError("not an event about a document");
  return row;
}
