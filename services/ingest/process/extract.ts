import { extractOutcomeSchema } from "@flowstate/contracts";
import type { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { callService, type Deadline, TransferError } from "@flowstate/messaging";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import type { DocumentPath, Progress } from "./attempt.ts";
import { endOfExtraction, type WorkEnd } from "./document-end.ts";

export interface StepOptions {
  readonly deadline: Deadline;
  /** Aborted when nobody may go on with the document here. */
  readonly signal: AbortSignal;
  /** Names this attempt: the extraction of a later redelivery is a fact of its own. */
  readonly attempt: string;
}

/**
 * Has one document read. The document is wiped here as soon as its extraction exists. Resolves with the extraction, which
 * `progress` holds to be wiped, or with the end that the extractor's answer means. Rejects with `TransferError` and
 * `EventNotStoredError`.
 */
export async function extract(
  path: DocumentPath,
  mail: IdentifiedMail,
  document: IdentifiedDocument,
  { deadline, signal, attempt }: StepOptions,
  progress: Progress,
): Promise<{ readonly extraction: GhostBytes } | { readonly end: WorkEnd }> {
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
  await path.events.documentExtracted(mail, document, outcome, { attempt, durationMs: progress.elapsedMs() });
  return { extraction: content };
}

/** Throws `TransferError` when an extraction is larger than its document was and does not fit now. `progress` wipes it. */
function reserve(extraction: GhostBytes, budget: MemoryBudget): void {
  const reservation = budget.tryReserve(extraction.length);
  if (reservation === undefined) throw new TransferError("busy");
  extraction.reservedBy(reservation);
}
