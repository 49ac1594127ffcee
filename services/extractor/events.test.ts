import type { ExtractOutcome } from "@flowstate/contracts";
import { documentIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { logExtraction, logModelBreaker, logModelFault } from "./events.ts";
import { recordingLogger } from "./testing/transfer-call.ts";

// Real: the events and the logger of @flowstate/runtime, writing into an array.

const facts = {
  documentId: documentIdSchema.parse("3f0f3c7e-8a4e-4c57-9d0b-6a5f2f0c9e11"),
  tenantId: tenantIdSchema.parse("acme"),
  sizeBytes: 1_234,
  durationMs: 56,
};

function lineOf(outcome: ExtractOutcome, cause?: unknown): Record<string, unknown> | undefined {
  const { logger, lines } = recordingLogger();
  logExtraction(logger, facts, outcome, cause);
  expect(lines).toHaveLength(1);
  return lines[0];
}

describe("logExtraction", () => {
  it("says in one line what became of a document", () => {
    const outcome: ExtractOutcome = {
      result: "extracted",
      provider: "gemini",
      model: "gemini-2.5-flash",
      page_count: 3,
      input_tokens: 10,
      output_tokens: 20,
      attempts: 1,
      validation_status: "valid",
      validation_issue_count: 0,
    };
    expect(lineOf(outcome)).toMatchObject({
      event: "extraction.ended",
      level: 30,
      document_id: facts.documentId,
      tenant_id: "acme",
      provider: "gemini",
      model: "gemini-2.5-flash",
      page_count: 3,
      size_bytes: 1_234,
      wiped_bytes: 1_234,
      duration_ms: 56,
      end: "extracted",
      attempts: 1,
    });
  });

  it("warns with the code when there is no extraction", () => {
    const line = lineOf({ result: "refused", code: "document_encrypted" });
    expect(line).toMatchObject({ event: "extraction.ended", level: 40, end: "refused", code: "document_encrypted" });
  });

  it("reports a bug as an error, without the error's message", () => {
    const line = lineOf({ result: "deferred", code: "internal_fault" }, new TypeError("of SECRET-VALUE"));
    expect(line).toMatchObject({ event: "extraction.failed", level: 50, error: "TypeError", code: "internal_fault" });
    expect(JSON.stringify(line)).not.toContain("SECRET");
  });
});

describe("logModelFault", () => {
  it("is an error when a person has to act, a warning otherwise", () => {
    const { logger, lines } = recordingLogger();
    const refusal = { code: "model_refused_document", finishReason: "SAFETY", attempts: 2 } as const;
    logModelFault(logger, { model: "m", code: "model_unavailable", status: 403, attempts: 1, needsOperator: true });
    logModelFault(logger, { model: "m", ...refusal, needsOperator: false });
    expect(lines).toMatchObject([
      { event: "model.request_rejected", level: 50, status: 403, attempts: 1 },
      { event: "model.failed", level: 40, finish_reason: "SAFETY", attempts: 2 },
    ]);
  });
});

describe("logModelBreaker", () => {
  it("is an error when the model is left alone, and says when it is back", () => {
    const { logger, lines } = recordingLogger();
    logModelBreaker(logger, "m", true);
    logModelBreaker(logger, "m", false);
    expect(lines).toMatchObject([
      { event: "model.left_alone", level: 50, model: "m" },
      { event: "model.back", level: 30, model: "m" },
    ]);
  });
});
