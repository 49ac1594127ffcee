import type { CodeOf, ExtractOutcome, PushOutcome, Stage, TransferFailure } from "@flowstate/contracts";

/** How a document's way through this attempt ended. */
export type DocumentEnd = WorkEnd | { readonly status: "duplicate" };

/** How the work on it ended. */
export type WorkEnd = FinalEnd | DeferredEnd;

/** An end that no later attempt changes. */
export type FinalEnd = DeliveredEnd | RefusedEnd;

interface DeliveredEnd {
  readonly status: "delivered";
  /** Undefined when the extraction was the answer to the caller. */
  readonly erpHttpStatus: number | undefined;
  readonly attempts: number;
  readonly durationMs: number;
}

export interface EndDetails {
  readonly stage: Stage;
  readonly durationMs: number;
  readonly pageCount?: number | undefined;
  readonly validationStatus?: "valid" | "warnings" | "invalid" | undefined;
  readonly validationIssueCount?: number | undefined;
  readonly erpHttpStatus?: number | undefined;
  readonly attempts?: number | undefined;
}

type InvalidOutcome = Extract<ExtractOutcome, { result: "invalid" }>;

/** Who read it, and what that took. */
type Reading = Pick<InvalidOutcome, "provider" | "model" | "input_tokens" | "output_tokens" | "attempts">;

/** Final, and not delivered. */
export type RefusedEnd = EndDetails &
  (
    | { readonly status: "refused"; readonly code: CodeOf<"refused"> }
    | { readonly status: "invalid"; readonly code: CodeOf<"invalid">; readonly reading?: Reading }
    | { readonly status: "undeliverable"; readonly code: CodeOf<"undeliverable"> }
  );

/** Temporary: the sender keeps the mail. */
type DeferredEnd = EndDetails & { readonly status: "deferred"; readonly code: CodeOf<"deferred"> };

/** The end that an extractor's answer means, unless it is an extraction. */
export function endOfExtraction(
  outcome: Exclude<ExtractOutcome, { result: "extracted" }>,
  durationMs: number,
): WorkEnd {
  const details = { stage: "extract", durationMs } as const;
  switch (outcome.result) {
    case "refused":
      return { status: "refused", code: outcome.code, pageCount: outcome.page_count, ...details };
    case "invalid":
      return {
        status: "invalid",
        code: outcome.code,
        pageCount: outcome.page_count,
        validationStatus: outcome.validation_status,
        validationIssueCount: outcome.validation_issue_count,
        reading: readingOf(outcome),
        ...details,
      };
    case "deferred":
      return { status: "deferred", code: outcome.code, attempts: outcome.attempts, ...details };
  }
}

function readingOf({ provider, model, input_tokens, output_tokens, attempts }: InvalidOutcome): Reading {
  return { provider, model, input_tokens, output_tokens, attempts };
}

/** The end that an erp-pusher's answer means. */
export function endOfPush(outcome: PushOutcome, durationMs: number): WorkEnd {
  const { erp_http_status: erpHttpStatus, attempts } = outcome;
  switch (outcome.result) {
    case "delivered":
      return { status: "delivered", erpHttpStatus: outcome.erp_http_status, attempts, durationMs };
    case "undeliverable":
      return { status: "undeliverable", code: outcome.code, stage: "deliver", erpHttpStatus, attempts, durationMs };
    case "deferred":
      return { status: "deferred", code: outcome.code, stage: "deliver", erpHttpStatus, attempts, durationMs };
  }
}

/** The code of a transfer that came to nothing, by the service it was meant for. */
export function codeOfTransferFailure(failure: TransferFailure, stage: Stage): CodeOf<"deferred"> {
  if (failure === "deadline") return "deadline_exceeded";
  if (failure === "cancelled") return "shutting_down";
  return stage === "extract" ? "extractor_unavailable" : "pusher_unavailable";
}
