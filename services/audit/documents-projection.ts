import type { EventType, Stage } from "@flowstate/contracts";
import { z } from "zod";
import { oneOf, optionalBigint, optionalText, optionalTime, text, time, uuid } from "./database/columns.ts";
import { type EventRow, eventRowSchema } from "./event-row.ts";

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
type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** A document as the table `documents` keeps it and as the API shows it; null where no event has stated it. */
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
});
export type DocumentRow = z.output<typeof documentRowSchema>;

/** A stored event that is about a document. */
export const documentEventSchema = eventRowSchema.extend({ tenant_id: text, document_id: uuid });
export type DocumentEvent = z.output<typeof documentEventSchema>;

/** What an event says about where its document stands; a wipe receipt says nothing about it. */
const STATUS_OF: Readonly<Record<EventType, DocumentStatus | undefined>> = {
  "mail.received": undefined,
  "mail.ignored": undefined,
  "mail.unroutable": undefined,
  "mail.refused": undefined,
  "document.received": "received",
  "document.extracted": "extracted",
  "document.delivered": "delivered",
  "document.refused": "refused",
  "document.invalid": "invalid",
  "document.undeliverable": "undeliverable",
  "document.deferred": "deferred",
  "document.duplicate": "duplicate",
  "document.wiped": undefined,
};

/**
 * Which status stands when several have been reached; among equals the later one. What is on its way moves freely, also
 * back from `deferred` when the sender tries again. `duplicate` knows of an earlier end, so it outranks what is on its way,
 * and never hides an end that is known. A delivery is never hidden by anything.
 */
const STANDING: Readonly<Record<DocumentStatus, number>> = {
  received: 0,
  extracted: 0,
  deferred: 0,
  duplicate: 1,
  refused: 2,
  invalid: 2,
  undeliverable: 2,
  delivered: 3,
};

/**
 * Folds the events of one document, in the order of (time, stream sequence), into its row. Only the first event and the
 * first and the last of each type matter, so a caller may leave out the others.
 */
export function projectDocument(events: readonly [DocumentEvent, ...DocumentEvent[]]): DocumentRow {
  const [first] = events;
  const received = events.find(({ type }) => type === "document.received") ?? first;
  const lastOfType = new Map(events.map((event) => [event.type, event]));
  return events.filter((event) => lastOfType.get(event.type) === event).reduce(evolve, opened(first, received.time));
}

/** What is known of a document from the mere existence of an event about it. */
function opened(event: DocumentEvent, receivedAt: string): DocumentRow {
  return {
    document_id: event.document_id,
    mail_id: event.mail_id,
    tenant_id: event.tenant_id,
    status: "received",
    status_at: receivedAt,
    code: null,
    stage: null,
    sender_email: null,
    source: null,
    size_bytes: null,
    page_count: null,
    provider: null,
    model: null,
    input_tokens: null,
    output_tokens: null,
    validation_status: null,
    validation_issue_count: null,
    erp_http_status: null,
    received_at: receivedAt,
    receive_duration_ms: null,
    claim_duration_ms: null,
    extract_duration_ms: null,
    extract_attempts: null,
    deliver_duration_ms: null,
    deliver_attempts: null,
    wiped_at: null,
  };
}

function evolve(row: DocumentRow, event: DocumentEvent): DocumentRow {
  return { ...row, ...standingAfter(row, event), ...toldBy(row, event), ...stageToldBy(row, event) };
}

function standingAfter(row: DocumentRow, event: DocumentEvent): Partial<DocumentRow> {
  const status = isEventType(event.type) ? STATUS_OF[event.type] : undefined;
  if (status === undefined || STANDING[status] < STANDING[row.status]) return {};
  return { status, status_at: event.time, code: event.code, stage: event.stage };
}

/** An extraction replaces the last one as a whole; other events replace only what they state. */
function toldBy(row: DocumentRow, event: DocumentEvent): Partial<DocumentRow> {
  switch (event.type) {
    case "document.received":
      return { sender_email: event.sender_email, source: event.source, size_bytes: event.size_bytes };
    case "document.extracted":
      return {
        page_count: event.page_count,
        provider: event.provider,
        model: event.model,
        input_tokens: event.input_tokens,
        output_tokens: event.output_tokens,
        validation_status: event.validation_status,
        validation_issue_count: event.validation_issue_count,
      };
    case "document.wiped":
      return { wiped_at: event.time };
    default:
      return {
        page_count: event.page_count ?? row.page_count,
        validation_status: event.validation_status ?? row.validation_status,
        validation_issue_count: event.validation_issue_count ?? row.validation_issue_count,
        erp_http_status: event.erp_http_status ?? row.erp_http_status,
      };
  }
}

/** The stage whose end an event is: stated, or plain from what happened. */
function stageOf(event: EventRow): string | null {
  if (event.type === "document.extracted") return "extract" satisfies Stage;
  if (event.type === "document.delivered") return "deliver" satisfies Stage;
  return event.stage;
}

function stageToldBy(row: DocumentRow, event: DocumentEvent): Partial<DocumentRow> {
  const { duration_ms, attempts } = event;
  switch (stageOf(event)) {
    case "receive":
      return { receive_duration_ms: duration_ms };
    case "claim":
      return { claim_duration_ms: duration_ms };
    case "extract":
      return { extract_duration_ms: duration_ms, extract_attempts: attempts ?? row.extract_attempts };
    case "deliver":
      return { deliver_duration_ms: duration_ms, deliver_attempts: attempts ?? row.deliver_attempts };
    default:
      return {};
  }
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(STATUS_OF, type);
}
