import { describe, expect, it } from "vitest";
import { extractOutcomeSchema, extractRequestSchema, pushOutcomeSchema, pushRequestSchema } from "./steps.ts";

/* Real: the schemas of what ingest asks of the two functions and what they answer. Nothing is doubled. */

const ids = { document_id: "018f6f2e-0000-7000-8000-000000000002", tenant_id: "acme" };

const extractOutcomes = [
  {
    result: "extracted",
    provider: "e-invoice",
    page_count: 2,
    validation_status: "valid",
    validation_issue_count: 0,
  },
  { result: "refused", code: "document_encrypted" },
  { result: "invalid", code: "extraction_failed_validation" },
  { result: "deferred", code: "model_unavailable" },
];

const pushOutcomes = [
  { result: "delivered", erp_http_status: 202, attempts: 1 },
  { result: "undeliverable", code: "erp_rejected", erp_http_status: 422, attempts: 1 },
  { result: "deferred", code: "erp_unavailable", attempts: 1 },
];

const schemas = [
  ["extract request", extractRequestSchema, [ids]],
  ["push request", pushRequestSchema, [{ ...ids, received_at: "2026-11-23T20:31:10Z", source: "api" }]],
  ["extract outcome", extractOutcomeSchema, extractOutcomes],
  ["push outcome", pushOutcomeSchema, pushOutcomes],
] as const;

describe.each(schemas)("the %s", (_name, schema, samples) => {
  it("is accepted as it is meant", () => {
    for (const sample of samples) expect(schema.safeParse(sample).error).toBeUndefined();
  });

  it("takes no other field: there is none in which content could travel", () => {
    for (const sample of samples) {
      for (const name of ["message", "error", "text", "file_name", "extraction"]) {
        expect(schema.safeParse({ ...sample, [name]: "x" }).success, name).toBe(false);
      }
    }
  });
});

describe("an outcome", () => {
  it("takes only the codes of its own result", () => {
    for (const code of ["erp_rejected", "model_unavailable", "unknown_recipient", "no_such_code"]) {
      expect(extractOutcomeSchema.safeParse({ result: "refused", code }).success, code).toBe(false);
    }
    expect(pushOutcomeSchema.safeParse({ result: "deferred", code: "erp_rejected", attempts: 1 }).success).toBe(false);
  });

  it("of a delivery has the status that the ERP answered", () => {
    expect(pushOutcomeSchema.safeParse({ result: "delivered", attempts: 1 }).success).toBe(false);
    expect(pushOutcomeSchema.safeParse({ result: "delivered", erp_http_status: 0, attempts: 1 }).success).toBe(false);
  });

  it("of an extraction names a model as an operator would, never as a third party's text", () => {
    const outcome = { ...extractOutcomes[0], provider: "gemini" };
    expect(extractOutcomeSchema.safeParse({ ...outcome, model: "gemini-2.5-flash" }).success).toBe(true);
    expect(extractOutcomeSchema.safeParse({ ...outcome, model: "I am a helpful model" }).success).toBe(false);
  });
});
