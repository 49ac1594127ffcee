import {
  type CodeOf,
  extractOutcomeSchema,
  type PushRequest,
  pushOutcomeSchema,
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
  const started = performance.now();
  try {
    await path.events.documentReceived(mail, document);
    if (document.tooLarge) {
      const end = { status: "refused", code: "document_too_large", stage: "receive", durationMs: 0 } as const;
      return await recordWithoutWork(path, mail, document, end, attempt);
    }
    return await claimAndWork(path, mail, document, attempt);
  } catch (error) {
    const code = codeOfFault(error);
    if (code === "internal_fault") path.logger.error("document.fault", { document_id: document.documentId }, error);
    const durationMs = Math.round(performance.now() - started);
    return deferUnrecorded(path, mail, document, { status: "deferred", code, stage: "claim", durationMs }, attempt, error);
  } finally {
    document.content.wipe();
  }
}

async function claimAndWork(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt,
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
      return await workUnderLease(path, mail, document, { ...attempt, lease });
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
  return record(path, mail, document, end, { ingest: document.content.length }, requestId);
}

/** What is under way, so that a fault is recorded with the stage it struck and with what was wiped by then. */
interface Progress {
  stage: "extract" | "deliver";
  stageStarted: number;
  extraction: GhostBytes | undefined;
  extractorWiped: number | undefined;
  pusherWiped: number | undefined;
}

async function workUnderLease(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  attempt: Attempt & { readonly lease: Lease },
): Promise<DocumentEnd> {
  const progress: Progress = {
    stage: "extract",
    stageStarted: performance.now(),
    extraction: undefined,
    extractorWiped: undefined,
    pusherWiped: undefined,
  };
  let end: DocumentEnd;
  try {
    end = await extractAndDeliver(path, mail, document, attempt, progress);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    const code = codeOfTransferFailure(error.failure, progress.stage);
    end = { status: "deferred", code, stage: progress.stage, durationMs: elapsedMs(progress) };
  } finally {
    document.content.wipe();
    progress.extraction?.wipe();
  }
  const wiped: WipedBytes = {
    ingest: document.content.length + (progress.extraction?.length ?? 0),
    extractor: progress.extractorWiped,
    erpPusher: progress.pusherWiped,
  };
  await record(path, mail, document, end, wiped, attempt.lease.attempt);
  if (end.status !== "deferred") {
    await path.ledger.settle(document.documentId, end.status === "delivered" ? "delivered" : "refused");
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
): Promise<DocumentEnd> {
  await events.documentEnded(mail, document, end, cause);
  await events.documentWiped(mail, document, wiped, cause);
  return end;
}

async function extractAndDeliver(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  { lease, deadline, stopping }: Attempt & { readonly lease: Lease },
  progress: Progress,
): Promise<DocumentEnd> {
  const common = { deadline, signal: AbortSignal.any([stopping, lease.lost]), logger: path.logger };

  const extracted = await callService(path.documents, {
    ...common,
    service: "extractor",
    request: { document_id: document.documentId, tenant_id: mail.tenantId },
    content: document.content,
    outcomeSchema: extractOutcomeSchema,
  });
  progress.extractorWiped = extracted.wipedBytes;
  progress.extraction = extracted.content;
  // The extraction exists: from here on nobody needs the document.
  document.content.wipe();
  const { outcome } = extracted;
  if (outcome.result !== "extracted") return endOfExtraction(outcome, elapsedMs(progress));
  if (extracted.content === undefined) throw new TransferError("violated");
  await path.events.documentExtracted(mail, document, outcome, {
    attempt: lease.attempt,
    durationMs: elapsedMs(progress),
  });

  progress.stage = "deliver";
  progress.stageStarted = performance.now();
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
async function deferUnrecorded(
  { events }: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  end: DocumentEnd & { readonly status: "deferred" },
  { requestId }: Attempt,
  cause: unknown,
): Promise<DocumentEnd> {
  try {
    await events.documentEnded(mail, document, end, requestId);
  } catch {
    events.documentNotAudited(mail, document, end.code, cause);
  }
  return end;
}

function codeOfFault(error: unknown): CodeOf<"deferred"> {
  if (error instanceof EventNotStoredError || error instanceof LedgerUnavailableError) return "broker_unavailable";
  if (error instanceof TransferError) return codeOfTransferFailure(error.failure, "extract");
  return "internal_fault";
}

function elapsedMs(progress: Progress): number {
  return Math.round(performance.now() - progress.stageStarted);
}
