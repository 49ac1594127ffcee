import { type Grounding, VALIDATION_RULES, type ValidationIssue, type ValidationRule } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { confirmOnPage } from "./confirm-on-page.ts";

// Real: the table of what may be confirmed. Grounding itself is not involved.

function printed(...paths: readonly string[]): Grounding {
  const fields = paths.map((path) => ({ path, grounded: "page" as const }));
  return { text_layer: true, score: "1", fields, unmatched_amounts: 0 };
}

const line: ValidationIssue = { rule: "line_amount_differs", severity: "warning", path: "/lines/3/amount" };
const iban: ValidationIssue = { rule: "iban_check_digits", severity: "warning", path: "/payment/iban" };

function confirmed(issues: readonly ValidationIssue[], grounding: Grounding, ...remarks: readonly number[]) {
  return confirmOnPage(issues, grounding, new Set(remarks));
}

describe("confirmOnPage", () => {
  it("notes a line that the document itself gets wrong", () => {
    const grounding = printed("/lines/3/amount", "/lines/3/quantity", "/lines/3/unit_price");
    expect(confirmed([line], grounding)).toEqual([{ ...line, severity: "note" }]);
  });

  it.each(["/lines/3/amount", "/lines/3/quantity", "/lines/3/unit_price"])(
    "still warns when %s is not printed",
    (absent) => {
      const paths = ["/lines/3/amount", "/lines/3/quantity", "/lines/3/unit_price", "/lines/2/quantity"];
      expect(confirmed([line], printed(...paths.filter((path) => path !== absent)))).toEqual([line]);
    },
  );

  it.each(["discount_amount", "price_base_quantity"])("still warns when the line's %s was misread", (field) => {
    const grounding = printed("/lines/3/amount", "/lines/3/quantity", "/lines/3/unit_price");
    const fields = [...grounding.fields, { path: `/lines/3/${field}`, grounded: "absent" as const }];
    expect(confirmed([line], { ...grounding, fields })).toEqual([line]);
  });

  it.each([
    ["total_negative", "/totals/gross"],
    ["gtin_check_digit", "/lines/0/gtin"],
    ["iban_check_digits", "/payment/iban"],
    ["vat_id_format", "/vendor/tax_ids/0/value"],
    ["container_check_digit", "/references/container_numbers/2"],
  ] as const)("notes %s where that very value is printed, and warns elsewhere", (rule, path) => {
    const issue: ValidationIssue = { rule, severity: "warning", path };
    expect(confirmed([issue], printed(path))).toEqual([{ ...issue, severity: "note" }]);
    expect(confirmed([issue], printed(`${path}0`))).toEqual([issue]);
  });

  it("confirms nothing that cannot be checked", () => {
    const fields = [{ path: "/payment/iban", grounded: "not_checkable" as const }];
    expect(confirmed([iban], { ...printed(), fields })).toEqual([iban]);
    expect(confirmed([iban], { text_layer: false, score: null, fields, unmatched_amounts: null })).toEqual([iban]);
  });

  it("excuses no error and no total that does not add up, whatever is printed", () => {
    const excusable = ["line_amount_differs", "gtin_check_digit", "iban_check_digits", "vat_id_format"];
    excusable.push("container_check_digit", "total_negative");
    const rules = (Object.keys(VALIDATION_RULES) as ValidationRule[]).filter((rule) => !excusable.includes(rule));
    const issues = rules.map((rule): ValidationIssue => ({ rule, severity: "warning", path: "/totals/net" }));
    expect(confirmed(issues, printed("/totals/net"))).toEqual(issues);
  });

  it.each(["line_amount_missing", "line_quantity_missing"] as const)("notes %s of a remark among the lines", (rule) => {
    const issue: ValidationIssue = { rule, severity: "warning", path: "/lines/12/amount" };
    expect(confirmed([issue], printed(), 12)).toEqual([{ ...issue, severity: "note" }]);
    expect(confirmed([issue], printed(), 1, 2)).toEqual([issue]);
    expect(confirmed([{ ...line, path: "/lines/12/amount" }], printed(), 12)).toEqual([
      { ...line, path: "/lines/12/amount" },
    ]);
  });
});
