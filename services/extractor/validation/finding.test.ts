import { VALIDATION_RULES, type ValidationIssue, type ValidationRule } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { issuesOf, LISTED_ISSUES_MAX, validationOf } from "./finding.ts";

// Real: the table of rules and what is concluded from it.

const rules = Object.keys(VALIDATION_RULES) as ValidationRule[];

describe("issuesOf", () => {
  it.each(rules)("gives %s the severity of the table, and of the policy where that leaves it open", (rule) => {
    const { severity } = VALIDATION_RULES[rule];
    const finding = { rule, path: "/totals/net" };
    const expected = (byPolicy: string) => [{ ...finding, severity: severity === "by_policy" ? byPolicy : severity }];
    expect(issuesOf([finding], "warn")).toEqual(expected("warning"));
    expect(issuesOf([finding], "invalid")).toEqual(expected("error"));
  });

  it("makes errors only of what cannot be booked", () => {
    expect(rules.filter((rule) => VALIDATION_RULES[rule].severity === "error")).toEqual([
      "required_field_missing",
      "gross_total_differs",
    ]);
  });
});

describe("validationOf", () => {
  const warning: ValidationIssue = { rule: "vat_id_format", severity: "warning", path: "/vendor/tax_ids/0/value" };
  const error: ValidationIssue = { rule: "required_field_missing", severity: "error", path: "/currency" };

  const note: ValidationIssue = { rule: "iban_check_digits", severity: "note", path: "/payment/iban" };

  it("is invalid with an error, else has warnings, else is valid", () => {
    expect(validationOf([])).toEqual({ status: "valid", issues: [] });
    expect(validationOf([note])).toEqual({ status: "valid", issues: [note] });
    expect(validationOf([note, warning])).toEqual({ status: "warnings", issues: [warning, note] });
    expect(validationOf([warning])).toEqual({ status: "warnings", issues: [warning] });
    expect(validationOf([warning, error, warning])).toEqual({ status: "invalid", issues: [error, warning, warning] });
  });

  it("lists errors first and no more than can be listed", () => {
    const many = Array.from({ length: LISTED_ISSUES_MAX + 5 }, () => warning);
    const { status, issues } = validationOf([...many, error]);
    expect(status).toBe("invalid");
    expect(issues).toHaveLength(LISTED_ISSUES_MAX);
    expect(issues[0]).toEqual(error);
  });
});
