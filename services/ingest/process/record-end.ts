import { setTimeout as sleep } from "node:timers/promises";
import type { CodeOf, Stage } from "@flowstate/contracts";
import { EventNotStoredError, LedgerUnavailableError, type Settlement, TransferError } from "@flowstate/messaging";
import type { WipedBytes } from "../events.ts";
import { finalEventOf } from "../final-event.ts";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import type { Attempt, DocumentPath, Progress } from "./attempt.ts";
import { codeOfTransferFailure, type DocumentEnd, type FinalEnd } from "./document-end.ts";

/** How often, and how far apart, a broker that is away is tried again before a finished document is given up as deferred. */
const RECORD_ATTEMPTS = 5;
const RECORD_PAUSE_MS = 1_000;

/**
 * Makes the end and the wipe receipt durable, one after the other: an end that is not on record has no second chance to get
 * there, and a receipt without it would belong to nothing.
 */
export async function recordEnd(
  { events }: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  end: DocumentEnd,
  wiped: WipedBytes,
  cause: string,
): Promise<void> {
  await events.documentEnded(mail, document, end, cause);
  await events.documentWiped(mail, document, wiped, cause);
}

/**
 * Makes an end the only one of its document. The ledger knows it before it is an event: whoever comes after a crash in
 * between finds there what is to be put on record. That is why end and receipt are waited for together: they reach the
 * broker in this order, and where it stores the receipt alone, the next to come stores the end, under the same id. Resolves
 * with `duplicate` when another attempt had finished the document.
 */
export async function settleEnd(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  end: FinalEnd,
  wiped: WipedBytes,
  cause: string,
): Promise<DocumentEnd> {
  const settling = await path.ledger.settle(document.documentId, finalEventOf(mail, document, end));
  if (settling.kind === "settled_before") {
    await recordEndBefore(path, settling.settlement);
    const duplicate = { status: "duplicate" } as const;
    await recordEnd(path, mail, document, duplicate, wiped, cause);
    return duplicate;
  }
  await Promise.all([
    path.events.documentEnded(mail, document, end, cause),
    path.events.documentWiped(mail, document, wiped, cause),
  ]);
  return end;
}

/** Makes the end durable that an earlier attempt came to: it may have died before. */
export async function recordEndBefore({ events }: DocumentPath, { end }: Settlement): Promise<void> {
  if (end !== undefined) await events.documentEndedBefore(end);
}

/** An end that needed neither of the two functions: only ingest held the document. */
export async function recordWithoutWork(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  end: DocumentEnd,
  { requestId }: Attempt,
): Promise<DocumentEnd> {
  document.content.wipe();
  await recordEnd(path, mail, document, end, { ingest: document.content.length }, requestId);
  return end;
}

/**
 * The end of an attempt that a fault broke off: deferred, so that the sender keeps the document. Recorded as far as it can
 * be: it may be the audit trail itself that is away, and then the log line is all there is.
 */
export async function recordFault(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  progress: Progress,
  { requestId }: Attempt,
  error: unknown,
): Promise<DocumentEnd> {
  const code = codeOfFault(error, progress.stage);
  if (code === "internal_fault") path.logger.error("document.fault", { document_id: document.documentId }, error);
  const end = { status: "deferred", code, stage: progress.stage, durationMs: progress.elapsedMs() } as const;
  try {
    await recordEnd(path, mail, document, end, progress.wipe(document), requestId);
  } catch {
    path.events.documentNotAudited(mail, document, code, error);
  }
  return end;
}

/** Repeats an idempotent operation while the broker is away, within the mail's deadline. */
export async function persistently<T>({ deadline, stopping }: Attempt, operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      const away = error instanceof EventNotStoredError || error instanceof LedgerUnavailableError;
      if (!away || attempt === RECORD_ATTEMPTS || deadline.remainingMs() < RECORD_PAUSE_MS || stopping.aborted)
        throw error;
      await sleep(RECORD_PAUSE_MS);
    }
  }
}

function codeOfFault(error: unknown, stage: Stage): CodeOf<"deferred"> {
  if (error instanceof EventNotStoredError || error instanceof LedgerUnavailableError) return "broker_unavailable";
  if (error instanceof TransferError) return codeOfTransferFailure(error.failure, stage);
  return "internal_fault";
}
