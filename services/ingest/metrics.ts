import {
  CODES,
  type Code,
  ERROR_CATEGORIES,
  type ErrorCategory,
  type Source,
  sourceSchema,
  TRANSFER_SERVICES,
} from "@flowstate/contracts";
import { count, measureMs } from "@flowstate/runtime";
import type { DocumentEnd } from "./process/document-end.ts";

/** What a sender was told of a mail or an upload: by the status of the answer, or that it went away before. */
type AnswerKind = "accepted" | "rejected" | "deferred" | "failed" | "abandoned";

/** Of the HTTP status of an answer. */
function answerOf(status: number): AnswerKind {
  if (status === ERROR_CATEGORIES.temporarily_unavailable) return "deferred";
  if (status >= ERROR_CATEGORIES.internal_error) return "failed";
  return status >= ERROR_CATEGORIES.malformed_request ? "rejected" : "accepted";
}

/**
 * Counts none of everything that can become of mails and documents. A series that begins with its first fault never grows, for
 * whoever watches it: an alert on the increase would miss just that one.
 */
export function countFromZero(): void {
  for (const service of TRANSFER_SERVICES) count("flowstate.retries", { "flowstate.peer": service }, 0);
  for (const source of sourceSchema.options) {
    addMails(source, "accepted", undefined, 0);
    addMails(source, "abandoned", undefined, 0);
    for (const category of names(ERROR_CATEGORIES)) addMails(source, answerOf(ERROR_CATEGORIES[category]), category, 0);
    addDocuments(source, "delivered", undefined, 0);
    addDocuments(source, "duplicate", undefined, 0);
    for (const code of names(CODES)) {
      const end = CODES[code];
      if (end === "mail_refused" || code === "document_too_large") addMails(source, "rejected", code, 0);
      if (end === "deferred") addMails(source, "deferred", code, 0);
      if (end === "mail_refused" || end === "ignored" || end === "unroutable") continue;
      addDocuments(source, end, code, 0);
    }
  }
}

/** One mail or upload was answered with this status. `code` says why, where it was not accepted. */
export function countMail(source: Source, status: number, code: Code | ErrorCategory | undefined): void {
  addMails(source, answerOf(status), code, 1);
}

/** The sender of one went away before it was complete: nobody is there to be answered. */
export function countAbandoned(source: Source): void {
  addMails(source, "abandoned", undefined, 1);
}

/** One attempt at a document has come to its end. */
export function countDocument(source: Source, end: DocumentEnd): void {
  addDocuments(source, end.status, "code" in end ? end.code : undefined, 1);
}

/** What Flowstate itself took of a delivered document's time. */
export function measureOverhead(milliseconds: number): void {
  measureMs("flowstate.document.overhead", milliseconds, {});
}

function addMails(source: Source, answer: AnswerKind, code: Code | ErrorCategory | undefined, by: number): void {
  const labels = { "flowstate.source": source, "flowstate.answer": answer };
  count("flowstate.mails", { ...labels, ...(code !== undefined && { "flowstate.code": code }) }, by);
}

function addDocuments(source: Source, end: DocumentEnd["status"], code: Code | undefined, by: number): void {
  const labels = { "flowstate.source": source, "flowstate.end": end };
  count("flowstate.documents", { ...labels, ...(code !== undefined && { "flowstate.code": code }) }, by);
}

function names<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}
