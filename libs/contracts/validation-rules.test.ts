import { describe, expect, it } from "vitest";
import { VALIDATION_RULES, validationRuleSchema } from "./validation-rules.ts";

/* Real: the table of rules. Nothing is doubled. */

const rules = Object.entries(VALIDATION_RULES);

describe("the rules of validation", () => {
  it.each(rules)(
    "%s is spelled so that it passes as a code, and says in a sentence when it is broken",
    (rule, { says }) => {
      expect(rule).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
      expect(says).toMatch(/^[A-Z][^.!?|]{20,}\.$/);
      expect(validationRuleSchema.parse(rule)).toBe(rule);
    },
  );

  it.each(["", "toString", "constructor", "gross_total_differs ", "Invoice 4711"])("refuse %j", (text) => {
    expect(validationRuleSchema.safeParse(text).success).toBe(false);
  });
});
