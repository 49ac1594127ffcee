import { type Facts, VALIDATION_RULES } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts } from "../testing/sample-facts.ts";
import { validateFacts } from "./validate-facts.ts";

// Real: all checks together. The invoice states something everywhere the rules look, and is right everywhere.

const today = "2026-11-23";

describe("validateFacts", () => {
  it("finds nothing wrong with an invoice that is right", () => {
    expect(validateFacts(invoiceFacts(), { today })).toEqual([]);
  });

  it("runs every check, whatever the document's type", () => {
    const wrong = (facts: Facts) => {
      facts.document_number = null;
      facts.due_date = "2026-11-01";
      facts.currency = "EUX";
      facts.totals = { ...facts.totals, net: "1.00", tax: "1.00", gross: "9.00", packages: "9" };
      for (const line of facts.lines) line.amount = "2.00";
    };
    const expected = ["line_amount_differs", "net_total_differs", "tax_basis_differs", "gross_total_differs"];
    expected.push(
      "due_total_differs",
      "tax_total_differs",
      "packages_differ",
      "due_before_document",
      "currency_unknown",
    );
    for (const document_type of ["invoice", "packing_list", "other"] as const) {
      const issues = validateFacts(
        invoiceFacts((facts) => wrong(Object.assign(facts, { document_type }))),
        { today },
      );
      expect(issues.map(({ rule }) => rule)).toEqual(expect.arrayContaining(expected));
      for (const { rule, severity } of issues) expect(severity).toBe(VALIDATION_RULES[rule].severity);
    }
  });

  it("goes by the day it is given", () => {
    expect(validateFacts(invoiceFacts(), { today: "2026-01-01" })).toEqual([
      { rule: "date_implausible", severity: "warning", path: "/document_date" },
    ]);
  });

  it("names what a document lacks that states nothing", () => {
    expect(new Set(validateFacts(factsWith({}), { today }).map(({ rule }) => rule))).toEqual(
      new Set(["required_field_missing", "lines_missing"]),
    );
  });

  const amounts: ReadonlyArray<readonly [string, (facts: Facts, change: (amount: string | null) => string) => void]> = [
    ...(["net", "allowances", "charges", "tax_basis", "tax", "gross", "prepaid", "due"] as const).map(
      (total) =>
        [
          `totals.${total}`,
          (facts: Facts, change: (amount: string | null) => string) => {
            facts.totals[total] = change(facts.totals[total]);
          },
        ] as const,
    ),
    ...[0, 1, 2].map(
      (index) =>
        [
          `lines.${index}.amount`,
          (facts: Facts, change: (amount: string | null) => string) => {
            const line = facts.lines[index];
            if (line !== undefined) line.amount = change(line.amount);
          },
        ] as const,
    ),
  ];

  it.each(amounts)("notices a %s that is wrong in any one digit, or lost its decimal comma", (_what, apply) => {
    const right: string[] = [];
    apply(invoiceFacts(), (amount) => {
      right.push(amount ?? "");
      return "";
    });
    const [amount = ""] = right;
    const wrong = [...amount].flatMap((character, place) =>
      /\d/.test(character)
        ? [...Array(10).keys()]
            .map(String)
            .filter((digit) => digit !== character)
            .map((digit) => amount.slice(0, place) + digit + amount.slice(place + 1))
        : [],
    );
    const unnoticed = [...wrong, amount.replace(".", "")].filter(
      (changed) =>
        validateFacts(
          invoiceFacts((facts) => apply(facts, () => changed)),
          { today },
        ).length === 0,
    );
    expect(wrong.length).toBeGreaterThanOrEqual(27);
    expect(unnoticed).toEqual([]);
  });

  it.each([0, 1, 2])("notices that line %i is missing or there twice", (index) => {
    const without = invoiceFacts((facts) => void facts.lines.splice(index, 1));
    const twice = invoiceFacts((facts) => void facts.lines.splice(index, 0, ...facts.lines.slice(index, index + 1)));
    expect(validateFacts(without, { today })).not.toEqual([]);
    expect(validateFacts(twice, { today })).not.toEqual([]);
  });

  it("is done with as many lines as there may be, in a moment", () => {
    const [line] = invoiceFacts().lines;
    if (line === undefined) throw new Error("the sample has lines");
    const odd = { ...line, price_base_quantity: "9999999999999999999999999999.7", quantity: "9".repeat(31) };
    const facts = invoiceFacts((many) => {
      many.lines = Array.from({ length: 5_000 }, () => structuredClone(odd));
    });
    const startedAt = performance.now();
    expect(validateFacts(facts, { today }).length).toBeGreaterThan(5_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
