import { type Claim, type Lease, TransferError } from "@flowstate/messaging";
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
 * Never throws for a temporary fault of its own: that is the end `deferred`, and the sender keeps the mail. Nothing is
 * answered 2xx before the ledger knows its end, and end and wipe receipt are durable. What is waited for together, and why
 * nothing else is: docs/adr/0049-what-depends-on-nothing-is-not-waited-for.md.
 *
 * `mailOnRecord` is what its mail waits for; when that rejects, so does this.
 */
export async function processDocument(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
  mailOnRecord: Promise<void>,
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
      const end = await toItsEnd(path, mail, document, attempt, mailOnRecord);
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
  mailOnRecord: Promise<void>,
): Promise<DocumentEnd> {
  const progress = new Progress(attempt);
  const completeAt = performance.now();
  try {
    const durationMs = progress.elapsedMs();
    const onRecord = Promise.all([mailOnRecord, path.events.documentReceived(mail, document, durationMs)]);
    if (document.refusal !== undefined) {
      await onRecord;
      const end = { status: "refused", code: document.refusal, stage: "receive", durationMs } as const;
      return await recordWithoutWork(path, mail, document, end, attempt);
    }
    progress.enter("claim");
    const claim = await claimOnRecord(path, document, onRecord);
    const end = await workOnClaim(path, mail, document, attempt, claim, progress);
    if (end.status === "delivered") measureOverhead(performance.now() - completeAt - progress.outsideMs);
    return end;
  } catch (error) {
    // Nobody works on it any more, however long the broker takes to say what it has of the mail.
    progress.wipe(document);
    // What is not even known of the mail is not told of its documents.
    await mailOnRecord;
    return await recordFault(path, mail, document, progress, attempt, error);
  } finally {
    progress.wipe(document);
    progress.leave();
  }
}

/**
 * Claims the document while it becomes a matter of record that it is there: the right to work on it is no work. When it does
 * not become one, the lease is let go before this rejects, or the sender that comes again would meet it.
 */
async function claimOnRecord(
  { ledger }: DocumentPath,
  { documentId }: IdentifiedDocument,
  onRecord: Promise<unknown>,
): Promise<Claim> {
  const [recorded, claimed] = await Promise.allSettled([onRecord, ledger.claim(documentId)]);
  if (claimed.status === "rejected") throw claimed.reason;
  if (recorded.status === "fulfilled") return claimed.value;
  if (claimed.value.kind === "claimed") await claimed.value.lease[Symbol.asyncDispose]();
  throw recorded.reason;
}

async function workOnClaim(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
  claim: Claim,
  progress: Progress,
): Promise<DocumentEnd> {
  switch (claim.kind) {
    case "settled":
      // Nobody is going to work on it, however long the broker takes to say what it has of its end.
      progress.wipe(document);
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
      const saidSo = path.events.documentClaimed(mail, document, { attempt: lease.attempt, durationMs });
      const end = await workUnderLease(path, mail, document, { ...attempt, lease, saidSo }, progress);
      // The ledger knows a final end. Who is to come again must not meet the lease.
      if (end.status !== "deferred") lease.lapse();
      return end;
    }
  }
}

/** An attempt that has claimed the document. */
interface ClaimedAttempt extends Attempt {
  readonly lease: Lease;
  /** Resolves when it is on record that it was claimed; nothing that follows is told before. Rejects as events do. */
  readonly saidSo: Promise<void>;
}

async function workUnderLease(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: ClaimedAttempt,
  progress: Progress,
): Promise<DocumentEnd> {
  const { lease, saidSo } = attempt;
  let end: WorkEnd;
  try {
    end = await extractAndDeliver(path, mail, document, attempt, progress);
  } catch (error) {
    // Nobody works on it any more, however long the broker takes to say what it has of the claim.
    progress.wipe(document);
    // Where that failed, it is what broke the work off.
    await saidSo;
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
  { lease, saidSo, deadline, stopping }: ClaimedAttempt,
  progress: Progress,
): Promise<WorkEnd> {
  const unsaid = new AbortController();
  saidSo.catch(() => unsaid.abort());
  const options = { deadline, signal: AbortSignal.any([stopping, lease.lost, unsaid.signal]) };
  const read = await extract(path, mail, document, options, progress);
  await saidSo;
  if ("end" in read) return read.end;
  const { extraction, outcome, durationMs } = read;
  // `attempt` makes the extraction of a later redelivery a fact of its own.
  await path.events.documentExtracted(mail, document, outcome, { attempt: lease.attempt, durationMs });
  return deliver(path, mail, document, extraction, options, progress);
}
