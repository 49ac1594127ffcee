import type { ErrorCategory } from "@flowstate/contracts";
import type { MailResult } from "../process/process-mail.ts";

/** The 2xx body: ids and statuses, no content. SendGrid ignores it; people and tools read it. */
export interface MailAnswer {
  readonly mail_id: string;
  readonly status: "processed" | "ignored" | "unroutable";
  readonly documents: readonly { readonly document_id: string; readonly status: string; readonly code?: string }[];
}

export type Answer =
  | { readonly kind: "accepted"; readonly body: MailAnswer }
  | { readonly kind: "failed"; readonly category: ErrorCategory };

/**
 * What the sender is told. One document that must come again makes the whole mail come again; the finished ones are then
 * recognised. Only when nothing is left to come again may a refusal for size be said, because a 4xx ends the retries.
 */
export function answerMail(result: MailResult): Answer {
  if (result.status !== "processed") {
    return { kind: "accepted", body: { mail_id: result.mailId, status: result.status, documents: [] } };
  }
  const ends = result.documents.map(({ end }) => end);
  if (ends.some(({ status }) => status === "deferred")) return { kind: "failed", category: "temporarily_unavailable" };
  if (ends.some((end) => end.status === "refused" && end.code === "document_too_large")) {
    return { kind: "failed", category: "payload_too_large" };
  }
  const documents = result.documents.map(({ documentId, end }) => ({
    document_id: documentId,
    status: end.status,
    ...("code" in end && { code: end.code }),
  }));
  return { kind: "accepted", body: { mail_id: result.mailId, status: "processed", documents } };
}
