import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { isTaxInParts } from "./tax-in-parts.ts";

// Real: everything. Pure function.

const ROWS = ["Subtotal|$400.00", "State tax 5.75 %|$12.22", "County tax 2.25 %|$4.78", "Total|$417.00"];

function isInParts(tax: string | null, amounts: readonly (string | null)[], rows: readonly string[] = ROWS): boolean {
  const entries: Facts["totals"]["tax_by_rate"] = amounts.map((amount) => ({
    ...{ rate: null, category: null, basis: null, amount },
  }));
  return isTaxInParts({ totals: { ...factsWith({}).totals, tax, tax_by_rate: entries } }, printedPages(rows));
}

describe("a tax that is printed by its rates only", () => {
  it("is what they are together", () => {
    expect(isInParts("17.00", ["12.22", "4.78"])).toBe(true);
    expect(isInParts("17.00", ["12.22", "4.78", "0.00"])).toBe(true);
  });

  it.each([
    ["another sum", "17.01", ["12.22", "4.78"]],
    ["one of them", "12.22", ["12.22"]],
    ["what they are with one that was not read", "17.00", ["12.22", null]],
    ["what they are with one that is printed nowhere", "17.22", ["12.22", "5.00"]],
  ] as const)("is not %s", (_what, tax, amounts) => {
    expect(isInParts(tax, amounts)).toBe(false);
  });
});
