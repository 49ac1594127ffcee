import type { Code, ErrorCategory, Source } from "@flowstate/contracts";
import { count, measureMs } from "@flowstate/runtime";
import type { DocumentEnd } from "./process/document-end.ts";

/** What a sender was told of a mail or an upload: by the status of the answer, or that it went away before. */
export type AnswerKind = "accepted" | "rejected" | "deferred" | "failed" | "abandoned";

/** One mail or upload was answered. `code` says why, where it was not accepted. */
export function countMail(source: Source, answer: AnswerKind, code: Code | ErrorCategory | undefined): void {
  count("flowstate.mails", {
    "flowstate.source": source,
    "flowstate.answer": answer,
    ...(code !== undefined && { "flowstate.code": code }),
  });
}

/** One attempt at a document has come to its end. */
export function countDocument(source: Source, end: DocumentEnd): void {
  count("flowstate.documents", {
    "flowstate.source": source,
    "flowstate.end": end.status,
    ...("code" in end && { "flowstate.code": end.code }),
  });
}

/** What Flowstate itself took of a delivered document's time. */
export function measureOverhead(milliseconds: number): void {
  measureMs("flowstate.document.overhead", milliseconds, {});
}
