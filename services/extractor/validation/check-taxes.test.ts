import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { checkTaxes } from "./check-taxes.ts";

// Real: the check. Pure.

type TaxAtRate = Facts["totals"]["tax_by_rate"][number];

function taxed(entries: readonly Partial<TaxAtRate>[], more: Partial<Facts> & { tax?: string } = {}) {
  const { tax = null, ...facts } = more;
  const bare = factsWith({ currency: "EUR", ...facts });
  const tax_by_rate = entries.map((entry) => ({ rate: null, category: null, basis: null, amount: null, ...entry }));
  return checkTaxes({ ...bare, totals: { ...bare.totals, tax, tax_by_rate } });
}

describe("the taxes", () => {
  it("follow from their rates in an invoice that adds up", () => {
    expect(checkTaxes(invoiceFacts())).toEqual([]);
  });
});

describe("tax_amount_differs", () => {
  const differs = (index: number) => [{ rule: "tax_amount_differs", path: `/totals/tax_by_rate/${index}/amount` }];

  it.each([
    ["an exact amount", { rate: "19.00", basis: "65.00", amount: "12.35" }],
    ["an amount rounded up", { rate: "19", basis: "64.99", amount: "12.35" }],
    ["an amount rounded down", { rate: "19", basis: "64.99", amount: "12.34" }],
    ["a rate of zero", { rate: "0", basis: "64.99", amount: "0.00" }],
    ["a credit", { rate: "19", basis: "-65.00", amount: "-12.35" }],
    ["a rate with a fraction", { rate: "8.1", basis: "1000", amount: "81" }],
    ["no rate", { basis: "65.00", amount: "1.00" }],
    ["no basis", { rate: "19", amount: "1.00" }],
    ["no amount", { rate: "19", basis: "65.00" }],
  ])("is not found for %s", (_what, entry) => {
    expect(taxed([entry])).toEqual([]);
  });

  it.each([
    ["a cent too much", { rate: "19", basis: "65.00", amount: "12.36" }],
    ["a cent too little", { rate: "19", basis: "65.00", amount: "12.34" }],
    ["no tax at a rate of some", { rate: "19", basis: "65.00", amount: "0.00" }],
    ["another rate", { rate: "7", basis: "65.00", amount: "12.35" }],
    ["a lost decimal comma", { rate: "19", basis: "6500", amount: "12.35" }],
    ["a sign lost", { rate: "19", basis: "-65.00", amount: "12.35" }],
    ["tax at a rate of zero", { rate: "0", basis: "65.00", amount: "0.01" }],
  ])("is found for %s", (_what, entry) => {
    expect(taxed([{ rate: "7", basis: "100", amount: "7" }, entry])).toEqual(differs(1));
  });

  it("is not found where each line's tax was rounded by itself", () => {
    const lines = Array.from({ length: 10 }, () => lineWith({ amount: "0.13", tax_rate: "19.0" }));
    const other = lineWith({ amount: "100.00", tax_rate: "7" });
    expect(taxed([{ rate: "19", basis: "1.30", amount: "0.20" }, { rate: "7" }], { lines: [...lines, other] })).toEqual(
      [],
    );
    expect(taxed([{ rate: "19", basis: "1.30", amount: "0.26" }, { rate: "7" }], { lines: [...lines, other] })).toEqual(
      differs(0),
    );
  });

  it("is measured in the currency's smallest unit", () => {
    const yen = (amount: string) => taxed([{ rate: "10", basis: "1055", amount }], { currency: "JPY" });
    expect(yen("105")).toEqual([]);
    expect(yen("106")).toEqual([]);
    expect(yen("107")).toEqual(differs(0));
    expect(taxed([{ rate: "10", basis: "0.055", amount: "0.007" }], { currency: "KWD" })).toEqual(differs(0));
  });
});

describe("tax_total_differs", () => {
  const two = [{ amount: "12.35" }, { amount: "1.40" }];
  const differs = [{ rule: "tax_total_differs", path: "/totals/tax" }];

  it("is not found for the sum, for no total, and where a tax is not stated", () => {
    expect(taxed(two, { tax: "13.75" })).toEqual([]);
    expect(taxed(two)).toEqual([]);
    expect(taxed([], { tax: "13.75" })).toEqual([]);
    expect(taxed([{ amount: "12.35" }, {}], { tax: "13.75" })).toEqual([]);
  });

  it.each(["13.76", "13.74", "1375", "12.35", "-13.75"])("is found for %s", (tax) => {
    expect(taxed(two, { tax })).toEqual(differs);
  });
});

describe("tax_rate_of_line_unlisted", () => {
  const lines = [lineWith({ tax_rate: "7.00" }), lineWith({ tax_rate: "19" })];
  const unlisted = (index: number) => [{ rule: "tax_rate_of_line_unlisted", path: `/lines/${index}/tax_rate` }];

  it("is not found for listed rates, however they are written, and for none", () => {
    expect(taxed([{ rate: "19.0" }, { rate: "7" }], { lines })).toEqual([]);
    expect(
      taxed([{ rate: "19" }, { rate: "7" }], { lines: [...lines, lineWith({ tax_rate: "0.00" }), lineWith({})] }),
    ).toEqual([]);
    expect(taxed([], { lines })).toEqual([]);
    expect(taxed([{ rate: "19" }, { amount: "1" }], { lines })).toEqual([]);
  });

  it("is found for each line with a rate of its own", () => {
    expect(taxed([{ rate: "19" }], { lines })).toEqual(unlisted(0));
    expect(taxed([{ rate: "7" }], { lines })).toEqual(unlisted(1));
    expect(taxed([{ rate: "1.9" }], { lines })).toEqual([...unlisted(0), ...unlisted(1)]);
  });
});

describe("tax_of_lines_missing", () => {
  const missing = [{ rule: "tax_of_lines_missing", path: "/totals/tax" }];
  const lines = [lineWith({ amount: "100.00", tax_rate: "19" })];
  const totals = (change: Partial<Facts["totals"]>) =>
    checkTaxes(factsWith({ lines, totals: { ...factsWith({}).totals, gross: "100.00", ...change } }));

  it("is found where lines are taxed and the total with tax has none", () => {
    expect(totals({})).toEqual(missing);
    expect(totals({ tax: "0.00" })).toEqual(missing);
    const exempt = { rate: "0", category: "E", basis: "100.00", amount: "0.00" };
    expect(totals({ tax: null, tax_by_rate: [exempt] })).toContainEqual(missing[0]);
  });

  it("is not found where the tax is stated, there is none on the lines, or no total with tax", () => {
    expect(totals({ tax: "19.00", gross: "119.00" })).toEqual([]);
    expect(totals({ gross: null })).toEqual([]);
    const untaxed = [lineWith({ amount: "100", tax_rate: "0" }), lineWith({ amount: "0.00", tax_rate: "19" })];
    expect(checkTaxes(factsWith({ lines: untaxed, totals: { ...factsWith({}).totals, gross: "100" } }))).toEqual([]);
  });
});
