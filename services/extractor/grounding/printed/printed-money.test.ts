import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { isMoney, placesOfMoney, printedAmounts } from "./printed-money.ts";

// Real: everything. Pure functions.

const count = (amount: string, currency: string | null, ...rows: readonly string[]) =>
  placesOfMoney(amount, currency, printedPages(rows)).length;

describe("placesOfMoney", () => {
  it.each([
    ["JPY", "1,234", "1234", "1.234"],
    ["CLP", "$1.234", "1234", "1.234"],
    ["EUR", "1.234", "1234", "1.234"],
    ["KWD", "1.234", "1.234", "1234"],
    ["TND", "1,234", "1.234", "1234"],
    ["JPY", "15,000", "15000", "15"],
    ["KWD", "15.000", "15", "15000"],
  ])("reads what could be either as the currency %s has it: %s", (currency, printed, right, wrong) => {
    expect(count(right, currency, `Total|${printed}`)).toBe(1);
    expect(count(wrong, currency, `Total|${printed}`)).toBe(0);
  });

  it("leaves a number alone that can be read in one way only", () => {
    expect(count("1234.5", "KWD", "Total|1,234.500")).toBe(1);
    expect(count("1234567", "KWD", "Total|1,234,567")).toBe(1);
    expect(count("12.34", "JPY", "Price|12.34")).toBe(1);
  });

  it("follows the document where it tells which mark begins fractions", () => {
    expect(count("1234", "KWD", "Total|1,234", "Rate|5.25", "Weight|2.50 kg")).toBe(1);
  });

  it("counts every place, percentages left out", () => {
    expect(count("19", "EUR", "VAT 19 %|19,00", "Tax|19,00")).toBe(2);
  });
});

describe("printedAmounts", () => {
  const sizes = (currency: string, ...rows: readonly string[]) =>
    printedAmounts(currency, printedPages(rows)).map(({ size }) => size);

  it("are numbers with cents, where the currency has cents", () => {
    expect(sizes("EUR", "Invoice 4711", "Net|100,00", "VAT 19 %|19,00")).toEqual(["100", "19"]);
  });

  it("are all numbers but percentages, where it has none", () => {
    expect(sizes("JPY", "Net|1,000", "Tax 10 %|100")).toEqual(["1000", "100"]);
  });
});

describe("isMoney", () => {
  it("knows amounts from what is counted, weighed or a rate", () => {
    for (const path of ["/totals/gross", "/totals/tax_by_rate/0/basis", "/lines/12/unit_price"]) {
      expect(isMoney(path)).toBe(true);
    }
    for (const path of ["/totals/packages", "/totals/tax_by_rate/0/rate", "/lines/0/quantity", "/currency"]) {
      expect(isMoney(path)).toBe(false);
    }
  });
});
