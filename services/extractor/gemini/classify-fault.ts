import type { CodeOf } from "@flowstate/contracts";
import type { TransportFault } from "./transport.ts";

/** Statuses that pass by themselves (Gemini API, "Troubleshooting"). */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface ClassifiedFault {
  readonly code: CodeOf<"deferred">;
  /** Waiting does not help, a person has to mend something: a key, a quota, a URL. */
  readonly needsOperator: boolean;
}

/**
 * What a failed request means for the document. It is always deferred: whatever is wrong between us and the model is not
 * the document's fault, so it must not be lost over it.
 */
export function classifyFault(fault: TransportFault): ClassifiedFault {
  switch (fault.kind) {
    case "status":
      return { code: "model_unavailable", needsOperator: !PASSING_STATUSES.has(fault.status) };
    case "network":
    case "timeout":
      return { code: "model_unavailable", needsOperator: false };
    case "aborted":
      return { code: "deadline_exceeded", needsOperator: false };
    case "answer_too_large":
    case "answer_malformed":
      return { code: "model_answer_unusable", needsOperator: false };
    default: {
      const unknown: never = fault;
      throw new Error(`unknown fault ${JSON.stringify(unknown)}`);
    }
  }
}
