import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { isPrintedInParts } from "./printed-in-parts.ts";

// Real: everything. Pure function.

const ROWS = ["Total|9.520,00", "1. Abschlagszahlung|-3.570,00", "2. Abschlagszahlung|-2.380,00", "Rest|3.570,00"];

function isInParts(path: string, value: string, rows: readonly string[] = ROWS): boolean {
  return isPrintedInParts(path, value, { currency: "EUR" }, printedPages(rows));
}

describe("a total that is printed in parts", () => {
  it("is what all payments together are", () => {
    expect(isInParts("/totals/prepaid", "5950.00")).toBe(true);
  });

  it("is neither one of them nor what some of them are", () => {
    expect(isInParts("/totals/prepaid", "3570.00")).toBe(false);
    expect(isInParts("/totals/prepaid", "5950.00", [...ROWS, "3. Abschlagszahlung|-10,00"])).toBe(false);
  });

  it("is what is called so, not what others are", () => {
    expect(isInParts("/totals/withheld", "5950.00")).toBe(false);
    expect(isInParts("/totals/gross", "5950.00")).toBe(false);
    expect(isInParts("/totals/withheld", "157.50", ["IRPF|150,00", "Retención|7,50"])).toBe(true);
  });
});
