import type { EventType, Stage } from "@flowstate/contracts";
import type { DocumentEvent } from "./document-event.ts";
import type { DocumentStatus, FoldedDocument } from "./document-row.ts";

/** Raised whenever the same events fold into another row: the rows of earlier versions are then folded anew. */
export const DOCUMENTS_VERSION = 5;

/** What an event says about where its document stands; a claim and a wipe receipt say nothing about it. */
const STATUS_OF: Readonly<Record<EventType, DocumentStatus | undefined>> = {
  "mail.received": undefined,
  "mail.ignored": undefined,
  "mail.unroutable": undefined,
  "mail.refused": undefined,
  "document.received": "received",
  "document.claimed": undefined,
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
 * The document's row after one more event: a left fold, so that a row may be extended by what is new. Events come in the
 * order of `compareDocumentEvents`; the first one opens the row.
 */
export function foldDocument(row: FoldedDocument | undefined, event: DocumentEvent): FoldedDocument {
  const before = row ?? opened(event);
  return {
    ...before,
    ...standingAfter(before, event),
    ...toldBy(before, event),
    ...stageToldBy(before, event),
    trace_id: event.trace_id ?? before.trace_id,
    projection_version: DOCUMENTS_VERSION,
    folded_time: event.time,
    folded_sequence: event.stream_sequence,
    folded_event_id: event.event_id,
  };
}

/** What is known of a document from the mere existence of an event about it. */
function opened(event: DocumentEvent): FoldedDocument {
  return {
    document_id: event.document_id,
    mail_id: event.mail_id,
    tenant_id: event.tenant_id,
    status: "received",
    status_at: event.time,
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
    received_at: event.time,
    receive_duration_ms: null,
    claim_duration_ms: null,
    extract_duration_ms: null,
    extract_attempts: null,
    deliver_duration_ms: null,
    deliver_attempts: null,
    wiped_at: null,
    trace_id: null,
    projection_version: DOCUMENTS_VERSION,
    folded_time: event.time,
    folded_sequence: event.stream_sequence,
    folded_event_id: event.event_id,
  };
}

function standingAfter(row: FoldedDocument, event: DocumentEvent): Partial<FoldedDocument> {
  const status = isEventType(event.type) ? STATUS_OF[event.type] : undefined;
  if (status === undefined || STANDING[status] < STANDING[row.status]) return {};
  return { status, status_at: event.time, code: event.code, stage: event.stage };
}

/** An extraction replaces the last one as a whole; other events replace only what they state. */
function toldBy(row: FoldedDocument, event: DocumentEvent): Partial<FoldedDocument> {
  switch (event.type) {
    case "document.received":
      return {
        sender_email: event.sender_email,
        source: event.source,
        size_bytes: event.size_bytes,
        // Every receipt states its source, so a row that has one has been received before.
        received_at: row.source === null ? event.time : row.received_at,
      };
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
        provider: event.provider ?? row.provider,
        model: event.model ?? row.model,
        input_tokens: event.input_tokens ?? row.input_tokens,
        output_tokens: event.output_tokens ?? row.output_tokens,
        validation_status: event.validation_status ?? row.validation_status,
        validation_issue_count: event.validation_issue_count ?? row.validation_issue_count,
        erp_http_status: event.erp_http_status ?? row.erp_http_status,
      };
  }
}

/** The stage whose end an event is: stated, or plain from what happened. */
function stageOf(event: DocumentEvent): string | null {
  if (event.type === "document.received") return "receive" satisfies Stage;
  if (event.type === "document.claimed") return "claim" satisfies Stage;
  if (event.type === "document.extracted") return "extract" satisfies Stage;
  if (event.type === "document.delivered") return "deliver" satisfies Stage;
  return event.stage;
}

function stageToldBy(row: FoldedDocument, event: DocumentEvent): Partial<FoldedDocument> {
  const { duration_ms, attempts } = event;
  // The extraction was the answer to its caller: what the event calls its duration is that of reading, and nothing was pushed.
  if (event.type === "document.delivered" && event.erp_http_status === null) {
    return { deliver_duration_ms: null, deliver_attempts: null };
  }
  switch (stageOf(event)) {
    case "receive":
      return { receive_duration_ms: duration_ms ?? row.receive_duration_ms };
    case "claim":
      // Another attempt may fail to claim what one that has claimed it still works on: how long that took is not told over it.
      return {
        claim_duration_ms: event.type === "document.claimed" ? duration_ms : (row.claim_duration_ms ?? duration_ms),
      };
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
