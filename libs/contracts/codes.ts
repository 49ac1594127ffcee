import { z } from "zod";

/**
 * Why a document (or a whole mail) ended as it did. Every code belongs to exactly one end, and the end decides what
 * happens next:
 *
 * - `refused`, `invalid`, `undeliverable`, `ignored`, `unroutable` are final: audited, answered 2xx (413 for size),
 *   because no retry would help;
 * - `mail_refused` is final for a whole mail that could not be taken apart: audited, answered 4xx;
 * - `deferred` is temporary: answered 503, the sender keeps the mail and sends it again.
 *
 * Each code has a page in `docs/errors/`, held to this table by a test.
 */
export const CODES = {
  // The document can never be accepted.
  document_too_large: "refused",
  document_empty: "refused",
  document_not_pdf: "refused",
  document_encrypted: "refused",
  document_unreadable: "refused",
  document_over_parser_limits: "refused",
  document_without_e_invoice: "refused",
  model_refused_document: "refused",
  // Its tenant does not take documents from this sender.
  sender_not_allowed: "refused",
  sender_not_authenticated: "refused",
  // The extraction was made and is not fit to be booked.
  extraction_failed_validation: "invalid",
  // The ERP said a final no.
  erp_rejected: "undeliverable",
  erp_gone: "undeliverable",
  // A temporary fault; the sender holds the mail.
  broker_unavailable: "deferred",
  claimed_elsewhere: "deferred",
  extractor_unavailable: "deferred",
  pusher_unavailable: "deferred",
  deadline_exceeded: "deferred",
  model_unavailable: "deferred",
  model_answer_unusable: "deferred",
  erp_unavailable: "deferred",
  erp_certificate_invalid: "deferred",
  erp_address_refused: "deferred",
  shutting_down: "deferred",
  internal_fault: "deferred",
  // The mail as a whole needs no work.
  no_document: "ignored",
  unknown_recipient: "unroutable",
  // What was posted is no acceptable mail.
  mail_malformed: "mail_refused",
  mail_over_limits: "mail_refused",
  mail_too_large: "mail_refused",
} as const;

export type Code = keyof typeof CODES;
export type End = (typeof CODES)[Code];
/** The codes that lead to one end: `CodeOf<"deferred">`. */
export type CodeOf<E extends End> = { [C in Code]: (typeof CODES)[C] extends E ? C : never }[Code];

/** Every code that leads to one of the given ends, as a schema. */
export function codeSchema<E extends End>(...ends: readonly E[]): z.ZodType<CodeOf<E>> {
  const codes = (Object.keys(CODES) as Code[]).filter((code) => (ends as readonly End[]).includes(CODES[code]));
  return z.enum(codes as [Code, ...Code[]]) as unknown as z.ZodType<CodeOf<E>>;
}
