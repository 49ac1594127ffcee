import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { checkNetTotal } from "./check-lines.ts";
import { checkTaxedLines } from "./check-taxed-lines.ts";
import { checkTotals } from "./check-totals.ts";

// Real: the checks that meet lines with their tax in them. Each receipt is right but for what it shows.

type Totals = Facts["totals"];

function receipt(totals: Partial<Totals>, amounts: readonly string[] = ["7.14", "4.76"], rate: string | null = null) {
  const lines = amounts.map((amount) => lineWith({ amount, tax_rate: rate }));
  return factsWith({ currency: "EUR", lines, totals: { ...factsWith({}).totals, ...totals } });
}

function rulesOf(facts: Facts): string[] {
  return [...checkNetTotal(facts), ...checkTotals(facts), ...checkTaxedLines(facts)].map(({ rule }) => rule);
}

const byRate = (basis: string | null) => [{ rate: "19", category: null, basis, amount: "1.90" }];

describe("lines that contain their tax", () => {
  it.each<[string, Partial<Totals>]>([
    ["a net total", { net: "10.00", tax: "1.90", gross: "11.90" }],
    ["a total without tax", { tax_basis: "10.00", tax: "1.90", gross: "11.90" }],
    ["their own sum for the net total", { net: "11.90", tax_basis: "10.00", tax: "1.90", gross: "11.90" }],
    ["what is taxed at a rate", { tax: "1.90", tax_by_rate: byRate("10.00"), gross: "11.90" }],
    ["a rate", { tax_by_rate: byRate(null), gross: "11.90" }],
    ["nothing but what is due", { tax_by_rate: byRate(null), due: "11.90" }],
    [
      "what was given and what is left",
      { tax_by_rate: byRate("10.00"), gross: "11.90", prepaid: "1.90", due: "10.00" },
    ],
  ])("are said to, and nothing else is wrong, beside %s", (_what, totals) => {
    expect(rulesOf(receipt(totals))).toEqual(["lines_include_tax"]);
  });

  it("are known by the rate that the lines state", () => {
    const totals = { tax: "1.90", gross: "11.90" };
    expect(rulesOf(receipt(totals, ["7.14", "4.76"], "19"))).toEqual(["lines_include_tax"]);
  });

  it("are compared with what is taxed at each rate, tax included", () => {
    const totals: Partial<Totals> = {
      ...{ net: "14.00", tax: "2.18", gross: "16.18" },
      tax_by_rate: [...byRate("10.00"), { rate: "7", category: null, basis: "4.00", amount: "0.28" }],
    };
    const facts = receipt(totals, ["11.90", "4.28"]);
    const rated = (...rates: readonly string[]) => ({
      ...facts,
      lines: facts.lines.map((line, index) => ({ ...line, tax_rate: rates[index] ?? null })),
    });
    expect(rulesOf(rated("19", "7"))).toEqual(["lines_include_tax"]);
    expect(rulesOf(rated("7", "19"))).toEqual(["lines_include_tax", "taxed_lines_differ"]);
  });

  it("are only doubtful where nothing says that the tax is in them", () => {
    expect(rulesOf(receipt({ tax: "1.90", gross: "11.90" }))).toEqual(["net_total_differs"]);
    expect(rulesOf(receipt({ tax: "4.76", gross: "11.90" }, ["7.14", "4.76"], "19"))).toEqual(["net_total_differs"]);
  });

  it("are none where a line is missing or the total is another", () => {
    const totals = { net: "10.00", tax: "1.90", gross: "11.90" };
    expect(rulesOf(receipt(totals, ["7.14"]))).toEqual(["net_total_differs"]);
    expect(rulesOf(receipt({ ...totals, gross: "11.91" }))).toEqual(["net_total_differs", "gross_total_differs"]);
  });
});
