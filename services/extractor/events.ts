import type { Code, DocumentId, ExtractOutcome, TenantId } from "@flowstate/contracts";
import { type Logger, shift } from "@flowstate/runtime";

/** What every line about an extraction says. */
export interface ExtractionFacts {
  readonly documentId: DocumentId;
  readonly tenantId: TenantId;
  /** Size of the PDF, which is zeroed when the line is written. */
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/** The one line per document. `cause` is given for bugs only. */
export function logExtraction(logger: Logger, facts: ExtractionFacts, outcome: ExtractOutcome, cause?: unknown): void {
  const fields = {
    document_id: facts.documentId,
    tenant_id: facts.tenantId,
    size_bytes: facts.sizeBytes,
    wiped_bytes: facts.sizeBytes,
    duration_ms: facts.durationMs,
    end: outcome.result,
    ...("code" in outcome && { code: outcome.code }),
    ...("page_count" in outcome && outcome.page_count !== undefined && { page_count: outcome.page_count }),
    ...("provider" in outcome && outcome.provider !== undefined && { provider: outcome.provider }),
    ...("model" in outcome && outcome.model !== undefined && { model: outcome.model }),
    ...("input_tokens" in outcome && outcome.input_tokens !== undefined && { input_tokens: outcome.input_tokens }),
    ...("output_tokens" in outcome && outcome.output_tokens !== undefined && { output_tokens: outcome.output_tokens }),
    ...("attempts" in outcome && outcome.attempts !== undefined && { attempts: outcome.attempts }),
  };
  if (cause !== undefined) logger.error("extraction.failed", fields, cause);
  else if (outcome.result === "extracted") logger.info("extraction.ended", fields);
  else logger.warn("extraction.ended", fields);
}

/** One request brought no facts. What a person has to mend is an error, although the document is only deferred. */
export function logModelFault(
  logger: Logger,
  fault: {
    readonly model: string;
    readonly code: Code;
    readonly needsOperator: boolean;
    readonly attempts: number;
    readonly status?: number | undefined;
    readonly finishReason?: string;
  },
): void {
  const fields = {
    provider: "gemini",
    model: fault.model,
    code: fault.code,
    attempts: fault.attempts,
    ...(fault.status !== undefined && { status: fault.status }),
    ...(fault.finishReason !== undefined && { finish_reason: fault.finishReason }),
  };
  if (fault.needsOperator) logger.error("model.request_rejected", fields);
  else logger.warn("model.failed", fields);
}

/** The model fails every document and is left alone for a while, or it answers again. */
export function logModelBreaker(logger: Logger, model: string, open: boolean): void {
  shift("flowstate.breaker.open", { "flowstate.peer": "model" }, open ? 1 : -1);
  if (open) logger.error("model.left_alone", { provider: "gemini", model });
  else logger.info("model.back", { provider: "gemini", model });
}
