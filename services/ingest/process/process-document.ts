import { setTimeout as sleep } from "node:timers/promises";
import {
  type CodeOf,
  extractOutcomeSchema,
  type PushRequest,
  pushOutcomeSchema,
  type Stage,
} from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import {
  callService,
  type Deadline,
  type DeliveryLedger,
  type DocumentsConnection,
  EventNotStoredError,
  type Lease,
  LedgerUnavailableError,
  TransferError,
} from "@flowstate/messaging";
import { type Logger, withSpan } from "@flowstate/runtime";
import type { IngestEvents, WipedBytes } from "../events.ts";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import { codeOfTransferFailure, type DocumentEnd, endOfExtraction, endOfPush } from "./document-end.ts";

/** What one document's way needs; the parts of ingest that outlive a mail. */
export interface DocumentPath {
  readonly documents: DocumentsConnection;
  readonly ledger: DeliveryLedger;
  readonly events: IngestEvents;
  readonly logger: Logger;
}

export interface Attempt {
  /** Names this request; the cause of events that a redelivery repeats as facts of their own. */
  readonly requestId: string;
  readonly deadline: Deadline;
  /** Aborted when this process stops and its grace is over. */
  readonly stopping: AbortSignal;
}

/**
 * One document from its audit entry to its answer: received → claimed → extracted → wiped here → delivered → recorded.
 * Never throws for a temporary fault: that is the end `deferred`, and the sender keeps the mail. Nothing is answered 2xx
 * before its end and its wipe receipt are durable and the ledger knows.
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
  const progress: Progress = { stage: "receive", stageStarted: performance.now() };
  try {
    await path.events.documentReceived(mail, document);
    if (document.tooLarge) {
      const end = { status: "refused", code: "document_too_large", stage: "receive", durationMs: 0 } as const;
      return await recordWithoutWork(path, mail, document, end, attempt);
    }
    enter(progress, "claim");
    return await claimAndWork(path, mail, document, attempt, progress);
  } catch (error) {
    const code = codeOfFault(error, progress.stage);
    if (code === "internal_fault") path.logger.error("document.fault", { document_id: document.documentId }, error);
    const end = { status: "deferred", code, stage: progress.stage, durationMs: elapsedMs(progress) } as const;
    return await deferOutside(path, mail, document, end, progress, attempt, error);
  } finally {
    wipeHere(document, progress);
  }
}

/** What is under way, so that a fault is recorded with the stage it struck and with what was wiped by then. */
interface Progress {
  stage: Stage;
  stageStarted: number;
  extraction?: GhostBytes;
  extractorWiped?: number | undefined;
  pusherWiped?: number | undefined;
}

function enter(progress: Progress, stage: Stage): void {
  progress.stage = stage;
  progress.stageStarted = performance.now();
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
      return recordWithoutWork(path, mail, document, { status: "duplicate" }, attempt);
    case "held_elsewhere": {
      const end = { status: "deferred", code: "claimed_elsewhere", stage: "claim", durationMs: 0 } as const;
      return recordWithoutWork(path, mail, document, end, attempt);
    }
    case "claimed": {
      await using lease = claim.lease;
      return await workUnderLease(path, mail, document, { ...attempt, lease }, progress);
    }
  }
}

/** An end that needed neither of the two functions: only ingest held the document. */
async function recordWithoutWork(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  end: DocumentEnd,
  { requestId }: Attempt,
): Promise<DocumentEnd> {
  document.content.wipe();
  await record(path, mail, document, end, { ingest: document.content.length }, requestId);
  return end;
}

async function workUnderLease(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt & { readonly lease: Lease },
  progress: Progress,
): Promise<DocumentEnd> {
  const { lease } = attempt;
  let end: DocumentEnd;
  try {
    end = await extractAndDeliver(path, mail, document, attempt, progress);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    // Without the lease somebody else may be at work by now; it is lost when the broker cannot be reached.
    const code = lease.lost.aborted ? "broker_unavailable" : codeOfTransferFailure(error.failure, progress.stage);
    end = { status: "deferred", code, stage: progress.stage, durationMs: elapsedMs(progress) };
  }
  const wiped = wipeHere(document, progress);
  if (end.status === "deferred") {
    await record(path, mail, document, end, wiped, lease.attempt);
  } else {
    // What is done must be remembered as done, or the next delivery of the mail would do it again.
    await persistently(attempt, async () => {
      await record(path, mail, document, end, wiped, lease.attempt);
      await path.ledger.settle(document.documentId, end.status === "delivered" ? "delivered" : "refused");
    });
  }
  return end;
}

/** Makes the end and the wipe receipt durable, in this order: a receipt without an end would belong to nothing. */
async function record(
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

/** How often, and how far apart, a broker that is away is tried again before a finished document is given up as deferred. */
const RECORD_ATTEMPTS = 5;
const RECORD_PAUSE_MS = 1_000;

/** Repeats an idempotent operation while the broker is away, within the mail's deadline. */
async function persistently({ deadline, stopping }: Attempt, operation: () => Promise<void>): Promise<void> {
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

async function extractAndDeliver(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  { lease, deadline, stopping }: Attempt & { readonly lease: Lease },
  progress: Progress,
): Promise<DocumentEnd> {
  enter(progress, "extract");
  const common = { deadline, signal: AbortSignal.any([stopping, lease.lost]), logger: path.logger };

  const extracted = await callService(path.documents, {
    ...common,
    service: "extractor",
    request: { document_id: document.documentId, tenant_id: mail.tenantId },
    content: document.content,
    outcomeSchema: extractOutcomeSchema,
  });
  progress.extractorWiped = extracted.wipedBytes;
  if (extracted.content !== undefined) progress.extraction = extracted.content;
  // The extraction exists: from here on nobody needs the document.
  document.content.wipe();
  const { outcome } = extracted;
  if (outcome.result !== "extracted") return endOfExtraction(outcome, elapsedMs(progress));
  if (extracted.content === undefined) throw new TransferError("violated");
  await path.events.documentExtracted(mail, document, outcome, {
    attempt: lease.attempt,
    durationMs: elapsedMs(progress),
  });

  enter(progress, "deliver");
  const request: PushRequest = {
    document_id: document.documentId,
    tenant_id: mail.tenantId,
    received_at: mail.receivedAt,
    source: mail.source,
  };
  const pushed = await callService(path.documents, {
    ...common,
    service: "erp-pusher",
    request,
    content: extracted.content,
    outcomeSchema: pushOutcomeSchema,
  });
  progress.pusherWiped = pushed.wipedBytes;
  pushed.content?.wipe();
  return endOfPush(pushed.outcome, elapsedMs(progress));
}

/** A fault outside the two calls. It may be the audit trail itself that is away: then the log line is all there is. */
async function deferOutside(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  end: DocumentEnd & { readonly status: "deferred" },
  progress: Progress,
  { requestId }: Attempt,
  cause: unknown,
): Promise<DocumentEnd> {
  try {
    await record(path, mail, document, end, wipeHere(document, progress), requestId);
  } catch {
    path.events.documentNotAudited(mail, document, end.code, cause);
  }
  return end;
}

/** Zeroes what ingest still holds of a document. What it says about the other services is what they said. */
function wipeHere(document: IdentifiedDocument, progress: Progress): WipedBytes {
  document.content.wipe();
  progress.extraction?.wipe();
  return {
    ingest: document.content.length + (progress.extraction?.length ?? 0),
    extractor: progress.extractorWiped,
    erpPusher: progress.pusherWiped,
  };
}

function codeOfFault(error: unknown, stage: Stage): CodeOf<"deferred"> {
  if (error instanceof EventNotStoredError || error instanceof LedgerUnavailableError) return "broker_unavailable";
  if (error instanceof TransferError) return codeOfTransferFailure(error.failure, stage);
  return "internal_fault";
}

function elapsedMs(progress: Progress): number {
  return Math.round(performance.now() - progress.stageStarted);
}
