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

/**
 * Each document goes its own way; a few at a time, so that one mail with hundreds does not crowd out the others. None is
 * worked on before `mailOnRecord` resolves; when that rejects, so does this, with nothing under way any more.
 */
export async function processAll(
  path: DocumentPath,
  work: readonly { readonly mail: IdentifiedMail; readonly document: IdentifiedDocument }[],
  attempt: Attempt,
  mailOnRecord: Promise<void>,
): Promise<EndedDocument[]> {
  const ends: EndedDocument[] = [];
  const waiting = work.entries();
  const lane = async () => {
    for (const [index, { mail, document }] of waiting) {
      const end = endOfWaiting(attempt) ?? (await processDocument(path, mail, document, attempt, mailOnRecord));
      countDocument(mail.source, end);
      ends[index] = { document, end };
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: DOCUMENTS_AT_ONCE }, lane));
  await mailOnRecord;
  for (const result of lanes) if (result.status === "rejected") throw result.reason;
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

/** What nothing is worked on before. Rejects with `HttpError("temporarily_unavailable")` when it cannot be on record. */
export async function recorded(event: Promise<void>): Promise<void> {
  try {
    await event;
  } catch (error) {
    if (error instanceof EventNotStoredError) throw new HttpError("temporarily_unavailable");
    throw error;
  }
}
