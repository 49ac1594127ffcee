import type { CodeOf } from "@flowstate/contracts";
import type { TransportFault } from "./transport.ts";

/** Statuses that pass by themselves (Gemini API, "Troubleshooting"). */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Statuses that a document of the wrong kind or size may cause by itself. */
const STATUSES_OF_A_DOCUMENT: ReadonlySet<number> = new Set([400, 413, 422]);

export interface ClassifiedFault {
  readonly code: CodeOf<"deferred">;
  /** Waiting does not help, a person has to mend something: a key, a quota, a URL. */
  readonly needsOperator: boolean;
  /** The same request may succeed a moment later. */
  readonly passing: boolean;
  /** What it says about the next document: nothing, that it will probably fail too, or that it surely will for hours. */
  readonly model: "unknown" | "failing" | "exhausted";
}

/**
 * What a failed request means for the document. It is always deferred: whatever is wrong between us and the model is not
 * the document's fault, so it must not be lost over it.
 */
export function classifyFault(fault: TransportFault): ClassifiedFault {
  switch (fault.kind) {
    case "status":
      return classifyStatus(fault);
    case "network":
    case "timeout":
      return { code: "model_unavailable", needsOperator: false, passing: true, model: "failing" };
    case "aborted":
      return { code: "deadline_exceeded", needsOperator: false, passing: false, model: "unknown" };
    case "answer_too_large":
      return { code: "model_answer_unusable", needsOperator: false, passing: false, model: "unknown" };
    case "answer_malformed":
      return { code: "model_answer_unusable", needsOperator: false, passing: true, model: "unknown" };
    default: {
      const unknown: never = fault;
      throw new Error(`unknown fault ${JSON.stringify(unknown)}`);
    }
  }
}

function classifyStatus(fault: Extract<TransportFault, { kind: "status" }>): ClassifiedFault {
  const { status, dailyQuota } = fault;
  const code = "model_unavailable";
  if (dailyQuota === true) return { code, needsOperator: true, passing: false, model: "exhausted" };
  if (PASSING_STATUSES.has(status)) return { code, needsOperator: false, passing: true, model: "failing" };
  const model = STATUSES_OF_A_DOCUMENT.has(status) ? "unknown" : "failing";
  return { code, needsOperator: true, passing: false, model };
}
