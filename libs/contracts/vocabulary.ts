import { CODES } from "./codes.ts";
import { ERROR_CATEGORIES } from "./errors.ts";
import { SCRUB_FAULTS } from "./hardening-measures.ts";
import { TRANSFER_SERVICES } from "./subjects.ts";

/**
 * Every word that logs, spans and metrics say of their own accord: what is not here, or in one of the other tables of this
 * package, is not said. An extracted value may look like any of these; it is none.
 */

/** What happened, as a log line names it. */
export const LOG_EVENTS = [
  "alert.given_up",
  "alert.opened",
  "alert.recovered",
  "alerts.failed",
  "alerts.not_told",
  "alerts.postponed",
  "answer.cut",
  "broker.disconnected",
  "broker.reconnected",
  "clock.off",
  "clock.right",
  "database.connection_lost",
  "database.migrated",
  "database.unavailable",
  "delivery.abandoned",
  "delivery.ended",
  "delivery.payload_too_large",
  "document.ended",
  "document.fault",
  "document.not_audited",
  "document.receipt_not_stored",
  "documents.not_looked_after",
  "documents.overheard",
  "documents.rebuilt",
  "documents.unheard",
  "erp.address_refused",
  "erp.certificate_untrusted",
  "erp.circuit_closed",
  "erp.circuit_opened",
  "erp.endpoint_gone",
  "events.batch_postponed",
  "events.rejected",
  "events.stored",
  "events.stream_away",
  "extraction.ended",
  "extraction.failed",
  "hardening.checked",
  "http.internal_error",
  "http.plain_text_refused",
  "http.request_failed",
  "lease.lost",
  "lease.not_released",
  "mail.ignored",
  "mail.not_accepted",
  "mail.refused",
  "mail.unroutable",
  "model.back",
  "model.failed",
  "model.left_alone",
  "model.request_rejected",
  "retention.done",
  "retention.failed",
  "retention.head_not_trusted",
  "retention.postponed",
  "scrub.back",
  "scrub.failed",
  "service.certificates_kept",
  "service.certificates_renewed",
  "service.ready",
  "service.start_failed",
  "service.stop_overdue",
  "service.stopped",
  "service.stopping",
  "service.uncaught_exception",
  "service.unhandled_rejection",
  "stream.paused",
  "transfer.ended",
  "transfer.fault",
  "transfer.not_granted",
  "transfer.retrying",
] as const;
export type LogEvent = (typeof LOG_EVENTS)[number];

/** What an operator is told about. The names are labels of a metric, too: new ones may come, none changes its meaning. */
export const ALERT_RULE_NAMES = [
  "documents_held_by_erp",
  "documents_held_by_model",
  "documents_held",
  "documents_overheard",
  "erp_endpoint_unusable",
  "documents_given_up",
  "documents_undeliverable",
  "documents_invalid",
  "mails_refused",
  "events_set_aside",
  "recording_behind",
  "stream_silent",
  "retention_overdue",
  "retention_head_not_trusted",
  "clock_off",
] as const;
export type AlertRule = (typeof ALERT_RULE_NAMES)[number];

/** Who connects to the broker. */
export const BROKER_IDENTITIES = [
  "ingest-documents",
  "extractor",
  "erp-pusher",
  "operations",
  "ingest-events",
  "audit",
  "admin",
] as const;
export type BrokerIdentity = (typeof BROKER_IDENTITIES)[number];

/**
 * Why a transfer came to nothing. All of them are temporary for the sender of the mail: the caller still holds the bytes.
 *
 * - `unavailable`: no instance of the service answers;
 * - `busy`: instances answer, none has room;
 * - `lost`: the other side vanished, fell silent, gave up, or the broker did;
 * - `deadline`: the time for the whole mail is over;
 * - `cancelled`: this process is stopping;
 * - `violated`: frames that do not authenticate, exceed what was declared, or are no frames. A bug or an attack.
 */
export const TRANSFER_FAILURES = ["unavailable", "busy", "lost", "deadline", "cancelled", "violated"] as const;
export type TransferFailure = (typeof TRANSFER_FAILURES)[number];

/** Why an instance does not grant a transfer, beside having no room. */
const GRANT_REFUSALS = ["too_large", "malformed"] as const;

/** Why a message of the stream was set aside: it is not on the closed list, or PostgreSQL cannot represent it. */
export const REJECTION_CODES = ["not_an_event", "refused_by_database"] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** How a document, or one step of its path, came to its end. */
export const DOCUMENT_ENDS = [
  "extracted",
  "delivered",
  "duplicate",
  "refused",
  "invalid",
  "undeliverable",
  "deferred",
] as const;

/** Why something went as it did, wherever it is said. */
export const SAID_CODES = [
  ...Object.keys(CODES),
  ...Object.keys(ERROR_CATEGORIES),
  ...TRANSFER_FAILURES,
  ...GRANT_REFUSALS,
  ...REJECTION_CODES,
  ...SCRUB_FAULTS,
] as readonly string[];

/** Why a model stopped, as its API spells it, and as we do where it does not say or says something else. */
export const FINISH_REASONS = [
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
  "STOP",
  "MAX_TOKENS",
  "OTHER",
  "MALFORMED_FUNCTION_CALL",
  "none",
  "prompt_blocked",
  "unknown",
] as const;

/** What a span is about. That of a request to us is its method and its route. */
export const SPAN_NAMES = [
  "ask model",
  ...TRANSFER_SERVICES.map((service) => `call ${service}` as const),
  "extract document",
  "generate_content",
  "POST",
  "process document",
  "process events",
  ...TRANSFER_SERVICES.map((service) => `process ${service}` as const),
  "record events",
] as const;

/** What errors of our own carry besides, where they end a process or keep a record from going on. */
export const OWN_ERROR_CODES = [
  ...SAID_CODES,
  "api_role_has_other_rights",
  "api_role_not_a_member",
  "api_role_owns",
  "api_role_privileged",
  "clock_off",
  "migration_edited",
  "migration_out_of_order",
  "not_the_owner",
  "projection_outdated",
  "record_key_unknown",
  "record_signature_wrong",
  "segment_key_unknown",
  "segment_signature_wrong",
] as readonly string[];
