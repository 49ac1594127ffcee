import { describe, expect, it } from "vitest";
import { invoiceFacts } from "../testing/sample-facts.ts";
import { checkPrecision } from "./check-precision.ts";

// Real: the check. Pure.

function tooPrecise(currency: string | null, gross: string, basis = "1"): string[] {
  const facts = invoiceFacts((invoice) => {
    invoice.currency = currency;
    const nothing = { net: null, allowances: null, charges: null, tax_basis: null, tax: null, prepaid: null };
    const byRate = [{ rate: "10", category: null, basis, amount: null }];
    invoice.totals = { ...invoice.totals, ...nothing, rounding: null, due: null, gross, tax_by_rate: byRate };
  });
  return checkPrecision(facts).map(({ rule, path }) => `${rule} ${path}`);
}

const gross = "total_too_precise /totals/gross";

describe("total_too_precise", () => {
  it("is not found for totals of an invoice in a currency that has them", () => {
    expect(checkPrecision(invoiceFacts())).toEqual([]);
    expect(tooPrecise("KWD", "1.234")).toEqual([]);
    expect(tooPrecise("JPY", "1234")).toEqual([]);
  });

  it("is not found for zeros, which say nothing", () => {
    expect(tooPrecise("JPY", "1234.00")).toEqual([]);
    expect(tooPrecise("EUR", "12.3400")).toEqual([]);
  });

  it.each([
    ["JPY", "1.234"],
    ["JPY", "1234.5"],
    ["EUR", "1.234"],
    ["KWD", "1.2345"],
    [null, "-1.234"],
  ])("is found in %s for %s", (currency, amount) => {
    expect(tooPrecise(currency, amount)).toEqual([gross]);
  });

  it("names the entry of the tax by rate that it is found in", () => {
    expect(tooPrecise("JPY", "1234", "1.122")).toEqual(["total_too_precise /totals/tax_by_rate/0/basis"]);
  });
});
