import type { Code, ErrorCategory, MailId } from "@flowstate/contracts";
import type { DocumentEnd } from "../process/document-end.ts";

/** The 2xx body: ids and statuses, no content. SendGrid ignores it; people and tools read it. */
export interface MailAnswer {
  readonly mail_id: string;
  readonly status: "processed" | "ignored" | "unroutable";
  readonly documents: readonly { readonly document_id: string; readonly status: string; readonly code?: string }[];
}

export type Answer =
  | { readonly kind: "accepted"; readonly body: MailAnswer }
  | {
      readonly kind: "failed";
      readonly category: ErrorCategory;
      /** Of the first document that is the reason. */
      readonly code: Code;
    };

/** What became of a mail or an upload, as far as its sender is told. */
interface Processed {
  readonly status: MailAnswer["status"];
  readonly mailId: MailId;
  readonly documents: readonly {
    readonly document: { readonly documentId: string };
    readonly end: DocumentEnd;
  }[];
}

/**
 * What the sender is told. One document that must come again makes the whole mail come again; the finished ones are then
 * recognised. Only when nothing is left to come again may a refusal for size be said, because a 4xx ends the retries; it is
 * said when `any` document is too large to a sender who reads nothing but the status, and only when `all` are to one who
 * reads what became of each.
 */
export function answerMail({ status, mailId, documents }: Processed, tooLarge: "any" | "all" = "any"): Answer {
  const ends = documents.map(({ end }) => end);
  const deferred = ends.find((end) => end.status === "deferred");
  if (deferred !== undefined) return { kind: "failed", category: "temporarily_unavailable", code: deferred.code };
  const large = ends.filter((end) => end.status === "refused" && end.code === "document_too_large").length;
  if (large > 0 && (tooLarge === "any" || large === ends.length)) {
    return { kind: "failed", category: "payload_too_large", code: "document_too_large" };
  }
  const described = documents.map(({ document, end }) => ({
    document_id: document.documentId,
    status: end.status,
    ...("code" in end && { code: end.code }),
  }));
  return { kind: "accepted", body: { mail_id: mailId, status, documents: described } };
}
