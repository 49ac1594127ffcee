import type { GhostBytes } from "@flowstate/ghost";
import type { WipedBytes } from "../events.ts";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import { type Attempt, type DocumentPath, Progress } from "./attempt.ts";
import type { DocumentEnd } from "./document-end.ts";
import { extract } from "./extract.ts";
import { recordEnd, recordFault, recordWithoutWork } from "./record-end.ts";

/** What became of one document that its caller wants to have read. */
export type CallerDocument =
  /** Read. Its end is not on record yet: it depends on whether the answer can be given. The receiver wipes the extraction. */
  | {
      readonly document: IdentifiedDocument;
      readonly end: DocumentEnd & { readonly status: "delivered" };
      readonly extraction: GhostBytes;
      readonly wiped: WipedBytes;
    }
  /** Ended, and on record. */
  | { readonly document: IdentifiedDocument; readonly end: DocumentEnd; readonly extraction?: undefined };

/**
 * One document whose extraction is the answer to its caller: received → extracted → wiped here. No ERP is asked, so nothing
 * can be doubled, and no ledger remembers it: whoever loses the answer asks again and is answered again.
 * Never throws for a temporary fault: that is the end `deferred`.
 */
export async function readForCaller(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
): Promise<CallerDocument> {
  const progress = new Progress(attempt);
  let handedOver = false;
  try {
    const durationMs = progress.elapsedMs();
    await path.events.documentReceived(mail, document, durationMs);
    if (document.refusal !== undefined) {
      const end = { status: "refused", code: document.refusal, stage: "receive", durationMs } as const;
      return { document, end: await recordWithoutWork(path, mail, document, end, attempt) };
    }
    const { deadline, stopping, requestId } = attempt;
    const read = await extract(path, mail, document, { deadline, signal: stopping }, progress);
    if ("end" in read) {
      await recordEnd(path, mail, document, read.end, progress.wipe(document), requestId);
      return { document, end: read.end };
    }
    const { extraction, outcome, durationMs: readMs } = read;
    await path.events.documentExtracted(mail, document, outcome, { attempt: requestId, durationMs: readMs });
    const end = {
      status: "delivered",
      erpHttpStatus: undefined,
      attempts: 0,
      durationMs: progress.elapsedMs(),
    } as const;
    const ingest = document.content.length + extraction.length;
    handedOver = true;
    return { document, end, extraction, wiped: { ingest, extractor: progress.extractorWiped } };
  } catch (error) {
    return { document, end: await recordFault(path, mail, document, progress, attempt, error) };
  } finally {
    document.content.wipe();
    progress.leave();
    if (!handedOver) progress.extraction?.wipe();
  }
}
