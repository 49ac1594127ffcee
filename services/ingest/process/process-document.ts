import { type Lease, TransferError } from "@flowstate/messaging";
import { withSpan } from "@flowstate/runtime";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import { measureOverhead } from "../metrics.ts";
import { type Attempt, type DocumentPath, Progress } from "./attempt.ts";
import { deliver } from "./deliver.ts";
import { codeOfTransferFailure, type DocumentEnd, type WorkEnd } from "./document-end.ts";
import { extract } from "./extract.ts";
import { persistently, recordEnd, recordEndBefore, recordFault, recordWithoutWork, settleEnd } from "./record-end.ts";

/**
 * One document from its audit entry to its answer: received → claimed → extracted → wiped here → delivered → recorded.
 * Never throws for a temporary fault: that is the end `deferred`, and the sender keeps the mail. Nothing is answered 2xx
 * before the ledger knows its end, and end and wipe receipt are durable.
 */
export async function processDocument(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
): Promise<DocumentEnd> {
  return withSpan(
    "process document",
    {
      attributes: {
        "flowstate.tenant_id": mail.tenantId,
        "flowstate.document_id": document.documentId,
        "flowstate.size_bytes": document.sizeBytes,
      },
    },
    async (span) => {
      const end = await toItsEnd(path, mail, document, attempt);
      span.set({ "flowstate.end": end.status, ...("code" in end && { "flowstate.code": end.code }) });
      return end;
    },
  );
}

async function toItsEnd(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
): Promise<DocumentEnd> {
  const progress = new Progress(attempt);
  const completeAt = performance.now();
  try {
    const durationMs = progress.elapsedMs();
    await path.events.documentReceived(mail, document, durationMs);
    if (document.refusal !== undefined) {
      const end = { status: "refused", code: document.refusal, stage: "receive", durationMs } as const;
      return await recordWithoutWork(path, mail, document, end, attempt);
    }
    progress.enter("claim");
    const end = await claimAndWork(path, mail, document, attempt, progress);
    if (end.status === "delivered") measureOverhead(performance.now() - completeAt - progress.outsideMs);
    return end;
  } catch (error) {
    return await recordFault(path, mail, document, progress, attempt, error);
  } finally {
    progress.wipe(document);
    progress.leave();
  }
}

async function claimAndWork(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
  progress: Progress,
): Promise<DocumentEnd> {
  const claim = await path.ledger.claim(document.documentId);
  switch (claim.kind) {
    case "settled":
      await recordEndBefore(path, claim.settlement);
      return recordWithoutWork(path, mail, document, { status: "duplicate" }, attempt);
    case "held_elsewhere": {
      const durationMs = progress.elapsedMs();
      const end = { status: "deferred", code: "claimed_elsewhere", stage: "claim", durationMs } as const;
      return recordWithoutWork(path, mail, document, end, attempt);
    }
    case "claimed": {
      const durationMs = progress.elapsedMs();
      await using lease = claim.lease;
      await path.events.documentClaimed(mail, document, { attempt: lease.attempt, durationMs });
      return await workUnderLease(path, mail, document, { ...attempt, lease }, progress);
    }
  }
}

async function workUnderLease(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt & { readonly lease: Lease },
  progress: Progress,
): Promise<DocumentEnd> {
  const { lease } = attempt;
  let end: WorkEnd;
  try {
    end = await extractAndDeliver(path, mail, document, attempt, progress);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    // Without the lease somebody else may be at work by now; it is lost when the broker cannot be reached.
    const code = lease.lost.aborted ? "broker_unavailable" : codeOfTransferFailure(error.failure, progress.stage);
    end = { status: "deferred", code, stage: progress.stage, durationMs: progress.elapsedMs() };
  }
  const wiped = progress.wipe(document);
  if (end.status === "deferred") {
    await recordEnd(path, mail, document, end, wiped, lease.attempt);
    return end;
  }
  // What is done must be remembered as done, or the next delivery of the mail would do it again.
  return await persistently(attempt, () => settleEnd(path, mail, document, end, wiped, lease.attempt));
}

async function extractAndDeliver(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  { lease, deadline, stopping }: Attempt & { readonly lease: Lease },
  progress: Progress,
): Promise<WorkEnd> {
  const options = { deadline, signal: AbortSignal.any([stopping, lease.lost]), attempt: lease.attempt };
  const read = await extract(path, mail, document, options, progress);
  if ("end" in read) return read.end;
  return deliver(path, mail, document, read.extraction, options, progress);
}
