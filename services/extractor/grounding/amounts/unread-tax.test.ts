import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { isTaxUnread } from "./unread-tax.ts";

// Real: everything. Pure function.

const TAXED = ["Crates|60,00", "Pallets|40,00", "Net|100,00", "VAT 19 %|19,00", "Total|119,00"];

function isUnread(rows: readonly string[], totals: Partial<Facts["totals"]>): boolean {
  const lines = [lineWith({ amount: "60.00" }), lineWith({ amount: "40.00" })];
  const facts = factsWith({ currency: "EUR", lines, totals: { ...factsWith({}).totals, ...totals } });
  return isTaxUnread(facts, printedPages(rows));
}

describe("isTaxUnread", () => {
  it("is true for a bill without tax, whose page adds something to it", () => {
    expect(isUnread(TAXED, { net: "100.00", gross: "100.00", due: "100.00" })).toBe(true);
    expect(isUnread(TAXED, { net: "100.00", tax: "0.00", gross: "100.00" })).toBe(true);
    const exempt = { rate: "0", category: "E", basis: "100.00", amount: "0.00" };
    expect(isUnread(TAXED, { gross: "100.00", tax_by_rate: [exempt] })).toBe(true);
  });

  it("is false where the tax was read", () => {
    expect(isUnread(TAXED, { net: "100.00", tax: "19.00", gross: "119.00" })).toBe(false);
  });

  it("is false for a bill without tax", () => {
    const page = ["Crates|60,00", "Pallets|40,00", "Total|100,00", "Exempt from VAT"];
    expect(isUnread(page, { net: "100.00", gross: "100.00" })).toBe(false);
  });

  it("is false where what is added was read as something else", () => {
    const page = ["Crates|60,00", "Pallets|40,00", "Total|100,00", "Unpaid before|50,00", "To pay|150,00"];
    expect(isUnread(page, { net: "100.00", gross: "100.00", prepaid: "-50.00", due: "150.00" })).toBe(false);
  });

  it("is false where no total with tax was read", () => {
    expect(isUnread(TAXED, { net: "100.00" })).toBe(false);
  });
});
