import { z } from "zod";
import { bigint, oneOf, optionalBigint, optionalText, optionalTime, text, time, uuid } from "../database/columns.ts";

/** Where a document stands (ARCHITECTURE.md, statuses). */
export const DOCUMENT_STATUSES = [
  "received",
  "extracted",
  "delivered",
  "refused",
  "invalid",
  "undeliverable",
  "deferred",
  "duplicate",
] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** A document as the API shows it; null where no event has stated it. */
export const documentRowSchema = z.object({
  document_id: uuid,
  mail_id: uuid,
  tenant_id: text,
  status: oneOf(DOCUMENT_STATUSES),
  /** When the document came to its status. */
  status_at: time,
  /** Why, and at which stage, where the status is an end other than `delivered`. */
  code: optionalText,
  stage: optionalText,
  sender_email: optionalText,
  source: optionalText,
  size_bytes: optionalBigint,
  page_count: optionalBigint,
  provider: optionalText,
  model: optionalText,
  input_tokens: optionalBigint,
  output_tokens: optionalBigint,
  validation_status: optionalText,
  validation_issue_count: optionalBigint,
  erp_http_status: optionalBigint,
  /** When it was first received; until that event is stored, the time of the earliest that is. */
  received_at: time,
  /** How long each stage took the last time it was told, milliseconds, and how many attempts it needed. */
  receive_duration_ms: optionalBigint,
  claim_duration_ms: optionalBigint,
  extract_duration_ms: optionalBigint,
  extract_attempts: optionalBigint,
  deliver_duration_ms: optionalBigint,
  deliver_attempts: optionalBigint,
  /** The last wipe receipt. */
  wiped_at: optionalTime,
  /** Of the last attempt that was traced: 32 hexadecimal digits. */
  trace_id: optionalText,
});
export type DocumentRow = z.output<typeof documentRowSchema>;

/** A document as the table `documents` keeps it: with the version of the fold and the key of the last event in it. */
export const foldedDocumentSchema = documentRowSchema.extend({
  projection_version: bigint,
  folded_time: time,
  folded_sequence: bigint,
  folded_event_id: uuid,
});
export type FoldedDocument = z.output<typeof foldedDocumentSchema>;
