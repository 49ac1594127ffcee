import type { AlertRule, Code, CodeOf } from "@flowstate/contracts";

/** What each rule tells an operator. */
export const ALERT_RULES = {
  documents_held_by_erp: "an ERP has not taken documents for over ten minutes; their senders keep them",
  documents_held_by_model: "documents could not be read for over ten minutes; their senders keep them",
  documents_held: "documents could not be processed for over ten minutes; their senders keep them",
  documents_overheard:
    "a stream, consumer, mirror or bucket covers the subjects on which documents pass; none is taken until it is gone",
  erp_endpoint_unusable: "an ERP's endpoint is gone, or may not be talked to",
  documents_given_up:
    "documents were deferred and have not come again for four hours: their senders have given up, and they are lost here",
  documents_undeliverable: "an ERP has refused documents for good",
  documents_invalid: "many extractions failed validation within an hour",
  mails_refused: "many mails could not be taken apart within an hour",
  events_set_aside: "messages on the stream were no events, and were set aside",
  recording_behind: "events wait to be recorded",
  stream_silent: "the broker does not tell what waits to be recorded",
  retention_overdue: "retention has not got to its end for over a day; events are kept for longer than their plan says",
  retention_head_not_trusted:
    "days are past their time and are kept, because their heads are not signed as they must be",
  clock_off: "an instance's clock and the database's do not agree; it records and removes nothing",
} as const satisfies Record<AlertRule, string>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Beyond SendGrid's longest pause between attempts, 3 h: a document that is still held was deferred again within it. */
const LONGEST_HOLD_MS = 4 * HOUR_MS;
/** Every retry mends most faults; one that outlives the sender's first retry needs somebody. */
const HELD_FOR_MS = 10 * MINUTE_MS;

/** Documents of a tenant whose state says that something is wrong. */
export interface DocumentCondition {
  readonly rule: AlertRule;
  /** How recently they came to where they stand, and how long ago at least. */
  readonly withinMs: number;
  readonly settledForMs: number;
  /** How long ago they were first received, at least. */
  readonly heldForMs: number;
  /** How many of one tenant. */
  readonly atLeast: number;
}

/** Whose fault it is that a document waits at its sender. Every deferral is somebody's. */
const HELD: Readonly<Record<CodeOf<"deferred">, AlertRule>> = {
  erp_unavailable: "documents_held_by_erp",
  pusher_unavailable: "documents_held_by_erp",
  model_unavailable: "documents_held_by_model",
  model_answer_unusable: "documents_held_by_model",
  extractor_unavailable: "documents_held_by_model",
  broker_unavailable: "documents_held",
  claimed_elsewhere: "documents_held",
  deadline_exceeded: "documents_held",
  shutting_down: "documents_held",
  internal_fault: "documents_held",
  // An operator must act, and every minute counts.
  erp_certificate_invalid: "erp_endpoint_unusable",
  erp_address_refused: "erp_endpoint_unusable",
};

/** Ends that need somebody: of refusals the sender is told by whom he sent to, and nobody here can mend them. */
const ENDED: Readonly<Record<CodeOf<"undeliverable" | "invalid">, AlertRule>> = {
  erp_gone: "erp_endpoint_unusable",
  erp_rejected: "documents_undeliverable",
  extraction_failed_validation: "documents_invalid",
};

export const RULE_OF_CODE: ReadonlyMap<Code, AlertRule> = new Map(
  Object.entries({ ...HELD, ...ENDED }) as [Code, AlertRule][],
);

/** The rules of documents that wait at their senders. */
export const HELD_RULES: ReadonlySet<AlertRule> = new Set(Object.values(HELD));

export const DEFERRED_CODES = Object.keys(HELD) as readonly CodeOf<"deferred">[];

const held = (rule: AlertRule) => ({
  rule,
  withinMs: LONGEST_HOLD_MS,
  settledForMs: 0,
  heldForMs: HELD_FOR_MS,
  atLeast: 1,
});

export const DOCUMENT_CONDITIONS: readonly DocumentCondition[] = [
  held("documents_held_by_erp"),
  held("documents_held_by_model"),
  held("documents_held"),
  { rule: "erp_endpoint_unusable", withinMs: LONGEST_HOLD_MS, settledForMs: 0, heldForMs: 0, atLeast: 1 },
  { rule: "documents_undeliverable", withinMs: HOUR_MS, settledForMs: 0, heldForMs: 0, atLeast: 1 },
  { rule: "documents_invalid", withinMs: HOUR_MS, settledForMs: 0, heldForMs: 0, atLeast: 5 },
];

/**
 * Whatever the code was: a sender that has not come again for longer than its longest pause does not come any more. Told for a
 * day, in which somebody is there to ask for the documents.
 */
export const GIVEN_UP: DocumentCondition = {
  rule: "documents_given_up",
  withinMs: LONGEST_HOLD_MS + 24 * HOUR_MS,
  settledForMs: LONGEST_HOLD_MS,
  heldForMs: 0,
  atLeast: 1,
};

/** Nobody's mails: what could not be taken apart has no tenant. Single ones are spam. */
export const MAILS_REFUSED = { rule: "mails_refused", withinMs: HOUR_MS, atLeast: 20 } as const;

export const EVENTS_SET_ASIDE = { rule: "events_set_aside", withinMs: HOUR_MS, atLeast: 1 } as const;

/** With events waiting, nothing was stored for this long; or so many wait. */
export const RECORDING_BEHIND = {
  rule: "recording_behind",
  silentForMs: 2 * MINUTE_MS,
  pendingEvents: 20_000,
} as const;

/** Not reached, or reached and without an answer, for this long. */
export const STREAM_SILENT = { rule: "stream_silent", silentForMs: 2 * MINUTE_MS } as const;

/** A run begins within ten minutes after midnight; the rest of a day is room for one that has much to do. */
export const RETENTION_OVERDUE = { rule: "retention_overdue", unfinishedForMs: 30 * HOUR_MS } as const;

export const RETENTION_HEAD_NOT_TRUSTED = { rule: "retention_head_not_trusted" } as const;

/** Seen by the watch of this instance; ingest, which has one of its own, takes nothing on meanwhile. */
export const DOCUMENTS_OVERHEARD = { rule: "documents_overheard" } as const;

/** One instance at least; it looks twice a minute, so that the others' looks do not take it for over. */
export const CLOCK_OFF = { rule: "clock_off" } as const;
