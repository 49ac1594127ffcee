import { type ExtractOutcome, extractOutcomeSchema } from "@flowstate/contracts";
import type { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { callService, type Deadline, TransferError } from "@flowstate/messaging";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import type { DocumentPath, Progress } from "./attempt.ts";
import { endOfExtraction, type WorkEnd } from "./document-end.ts";

export interface StepOptions {
  readonly deadline: Deadline;
  /** Aborted when nobody may go on with the document here. */
  readonly signal: AbortSignal;
}

/** What was read of a document, which is to be on record before anything is done with it. */
export interface Read {
  readonly extraction: GhostBytes;
  readonly outcome: ExtractOutcome & { result: "extracted" };
  /** Of the stage. */
  readonly durationMs: number;
}

/**
 * Has one document read. The document is wiped here as soon as its extraction exists. Resolves with the extraction, which
 * `progress` holds to be wiped, or with the end that the extractor's answer means. Rejects with `TransferError`.
 */
export async function extract(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  { deadline, signal }: StepOptions,
  progress: Progress,
): Promise<Read | { readonly end: WorkEnd }> {
  progress.enter("extract");
  const { outcome, content, wipedBytes, outsideMs } = await callService(path.documents, {
    service: "extractor",
    request: { document_id: document.documentId, tenant_id: mail.tenantId },
    content: document.content,
    outcomeSchema: extractOutcomeSchema,
    deadline,
    signal,
    logger: path.logger,
  });
  progress.extractorWiped = wipedBytes;
  progress.outsideMs += outsideMs;
  if (content !== undefined) progress.extraction = content;
  // The extraction exists: from here on nobody needs the document, and its room is the extraction's.
  document.content.wipe();
  if (content !== undefined) reserve(content, path.budget);
  if (outcome.result !== "extracted") return { end: endOfExtraction(outcome, progress.elapsedMs()) };
  if (content === undefined) throw new TransferError("violated");
  return { extraction: content, outcome, durationMs: progress.elapsedMs() };
}

/** Throws `TransferError` when an extraction is larger than its document was and does not fit now. `progress` wipes it. */
function reserve(extraction: GhostBytes, budget: MemoryBudget): void {
  const reservation = budget.tryReserve(extraction.length);
  if (reservation === undefined) throw new TransferError("busy");
  extraction.reservedBy(reservation);
}
