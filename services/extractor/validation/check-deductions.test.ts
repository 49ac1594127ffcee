import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedDocument } from "../grounding/printed/printed-document.ts";
import type { TextLayer } from "../pdf/text-layer.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { checkDeductions } from "./check-deductions.ts";

// Real: the check, and how numbers are found on a page. The page is one row for each text.

function pageOf(...texts: readonly string[]): TextLayer {
  const rows = texts.map((text, index) => ({
    y: 20 * index,
    cells: [{ text, left: 50, right: 50 + 5 * text.length, height: 9 }],
  }));
  return { pages: [{ rows }] };
}

/** 100.00 and 19.00 tax, by two lines. */
const PAGE = ["Crates 60.00", "Pallets 40.00", "Net 100.00", "VAT 19 % 19.00", "Total 119.00"];

function found(totals: Partial<Facts["totals"]>, ...more: readonly string[]): string[] {
  const bare = factsWith({ lines: [lineWith({ amount: "60.00" }), lineWith({ amount: "40.00" })] });
  const sums = { net: "100.00", tax_basis: "100.00", tax: "19.00", gross: "119.00", due: "119.00" };
  const facts = { ...bare, totals: { ...bare.totals, ...sums, ...totals } };
  return checkDeductions(facts, printedDocument(pageOf(...PAGE, ...more))).map(({ rule, path }) => `${rule} ${path}`);
}

describe("checkDeductions", () => {
  it("finds nothing where nothing is deducted", () => {
    expect(found({})).toEqual([]);
    expect(found({ allowances: "0.00", charges: null, prepaid: "0" })).toEqual([]);
    expect(found({ gross: null, due: null })).toEqual([]);
  });

  it("finds nothing where a deduction is printed for itself", () => {
    expect(found({ prepaid: "30.00", due: "89.00" }, "Deposit 30.00", "To be paid 89.00")).toEqual([]);
    expect(found({ prepaid: "119.00", due: "0.00" }, "Paid 119,00", "Balance 0,00")).toEqual([]);
    expect(found({ prepaid: "-30.00", due: "149.00" }, "Refund 30.00-", "To be paid 149.00")).toEqual([]);
    expect(found({ allowances: "40.00", tax_basis: "60.00" }, "Discount 40.00", "Basis 60.00")).toEqual([]);
  });

  it.each([
    [
      "the tax taken for a prepayment, and the net total for the rest",
      { prepaid: "19.00", due: "100.00" },
      ["prepaid", "due"],
    ],
    ["the total taken for a prepayment", { prepaid: "119.00", due: "0.00" }, ["prepaid"]],
    ["a line taken for an allowance", { allowances: "40.00", tax_basis: "60.00" }, ["allowances"]],
    ["the tax taken for a charge", { charges: "19.00", tax_basis: "119.00", tax: null }, []],
    ["the net total taken for what is due", { due: "100.00" }, ["due"]],
  ])("finds %s", (_what, totals, paths) => {
    expect(found(totals)).toEqual(paths.map((path) => `total_not_on_page /totals/${path}`));
  });

  const BY_RATE = [{ rate: "19", category: null, basis: "100.00", amount: "19.00" }];

  it.each([
    [
      "the tax, printed in a table of taxes and as a total",
      { tax_by_rate: BY_RATE, prepaid: "19.00", due: null },
      "prepaid",
    ],
    ["the basis, printed in a table of taxes and as a total", { tax_by_rate: BY_RATE, due: "100.00" }, "due"],
    ["the tax taken for rounding", { tax_by_rate: BY_RATE, rounding: "-19.00", due: null }, "rounding"],
  ])("does not count a row of the table of taxes as a place of its own for %s", (_what, totals, name) => {
    expect(found(totals, "S 19 % 100.00 19.00")).toEqual([`total_not_on_page /totals/${name}`]);
  });

  it("finds nothing where a charge is all that is taxed at its rate", () => {
    const byRate = [...BY_RATE, { rate: "7", category: null, basis: "10.00", amount: "0.70" }];
    expect(found({ charges: "10.00", tax_by_rate: byRate }, "Freight 10.00 7 % 0.70")).toEqual([]);
  });

  it("finds a bill that was taken for paid because its total is printed twice", () => {
    const paid = { prepaid: "119.00", due: "0.00" };
    expect(found(paid, "To be paid 119.00")).toEqual(["total_not_on_page /totals/prepaid"]);
    expect(found(paid, "To be paid 119.00", "Paid by card 119.00")).toEqual([]);
  });

  it("finds nothing where the rounding is printed", () => {
    expect(found({ rounding: "0.02", due: "119.02" }, "Rounding 0.02", "To be paid 119.02")).toEqual([]);
  });

  it("leaves what is printed nowhere to grounding", () => {
    expect(found({ prepaid: "30.00", due: "89.00" })).toEqual([]);
  });
});
