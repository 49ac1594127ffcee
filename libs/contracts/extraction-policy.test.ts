import { describe, expect, it } from "vitest";
import { DEFAULT_EXTRACTION_POLICY, extractionPolicySchema } from "./extraction-policy.ts";

/* Real: the schema. Nothing is doubled. */

const field = { name: "project", type: "text", description: "The project that the order belongs to." };

describe("extractionPolicySchema", () => {
  it("refuses what is invalid, warns of what is not printed, and asks for nothing more, unless it is told otherwise", () => {
    expect(DEFAULT_EXTRACTION_POLICY).toEqual({ on_invalid: "refuse", on_ungrounded: "warn", extra_fields: [] });
    expect(extractionPolicySchema.parse({ on_invalid: "push_flagged" })).toEqual({
      ...DEFAULT_EXTRACTION_POLICY,
      on_invalid: "push_flagged",
    });
  });

  it("takes fields of the tenant's own", () => {
    const extra_fields = [field, { name: "duty_2", type: "number", description: "The duty." }];
    expect(extractionPolicySchema.parse({ extra_fields }).extra_fields).toEqual(extra_fields);
  });

  it.each([
    ["a decision that is none", { on_invalid: "push" }],
    ["a setting that is none", { push_target: "https://erp.example" }],
    ["a name that is no identifier", { extra_fields: [{ ...field, name: "Project No." }] }],
    ["a type that is none", { extra_fields: [{ ...field, type: "object" }] }],
    ["no description", { extra_fields: [{ ...field, description: "" }] }],
    ["a description that is a prompt", { extra_fields: [{ ...field, description: "x".repeat(257) }] }],
    ["one name twice", { extra_fields: [field, { ...field, type: "date" }] }],
    [
      "more fields than a document has",
      { extra_fields: Array.from({ length: 51 }, (_, n) => ({ ...field, name: `f${n}` })) },
    ],
  ])("refuses %s", (_what, policy) => {
    expect(extractionPolicySchema.safeParse(policy).success).toBe(false);
  });
});
