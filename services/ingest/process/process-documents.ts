import { EventNotStoredError } from "@flowstate/messaging";
import { HttpError } from "@flowstate/runtime";
import type { IdentifiedDocument, IdentifiedMail, ReceivedDocument } from "../mail.ts";
import { countDocument } from "../metrics.ts";
import type { Attempt, DocumentPath } from "./attempt.ts";
import type { DocumentEnd } from "./document-end.ts";
import { processDocument } from "./process-document.ts";

/** Of one mail. */
const DOCUMENTS_AT_ONCE = 4;

export interface EndedDocument {
  readonly document: IdentifiedDocument;
  readonly end: DocumentEnd;
}

/** Each document goes its own way; a few at a time, so that one mail with hundreds does not crowd out the others. */
export async function processAll(
  path: DocumentPath,
  work: readonly { readonly mail: IdentifiedMail; readonly document: IdentifiedDocument }[],
  attempt: Attempt,
): Promise<EndedDocument[]> {
  const ends: EndedDocument[] = [];
  const waiting = work.entries();
  const lane = async () => {
    for (const [index, { mail, document }] of waiting) {
      const end = endOfWaiting(attempt) ?? (await processDocument(path, mail, document, attempt));
      countDocument(mail.source, end);
      ends[index] = { document, end };
    }
  };
  await Promise.all(Array.from({ length: DOCUMENTS_AT_ONCE }, lane));
  return ends;
}

/** What nobody has time for any more is not begun: it comes again with its mail. */
function endOfWaiting({ deadline, stopping }: Attempt): DocumentEnd | undefined {
  if (!stopping.aborted && deadline.remainingMs() > 0) return undefined;
  const code = stopping.aborted ? "shutting_down" : "deadline_exceeded";
  return { status: "deferred", code, stage: "receive", durationMs: 0 };
}

/** Whether it is an attachment only, and no PDF of any size. */
export function isNoPdf({ refusal }: ReceivedDocument): boolean {
  return refusal === "document_empty" || refusal === "document_not_pdf";
}

/** Nothing is worked on before it is on record. Throws `HttpError("temporarily_unavailable")` when it cannot be. */
export async function recorded(event: Promise<void>): Promise<void> {
  try {
    await event;
  } catch (error) {
    if (error instanceof EventNotStoredError) throw new HttpError("temporarily_unavailable");
    throw error;
  }
}
