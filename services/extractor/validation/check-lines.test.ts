import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { checkLineAmounts, checkNetTotal } from "./check-lines.ts";
import { sumOfLines } from "./sum-of-lines.ts";

// Real: the checks. Pure.

type StatedLine = Parameters<typeof lineWith>[0];

function lineAmountOf(line: StatedLine, currency: string | null = "EUR") {
  return checkLineAmounts(factsWith({ currency, lines: [lineWith({}), lineWith(line)] }));
}

const differs = [{ rule: "line_amount_differs", path: "/lines/1/amount" }];

describe("line_amount_differs", () => {
  it.each([
    ["quantity × price", { quantity: "3", unit_price: "2.50", amount: "7.50" }],
    ["a price for a hundred", { quantity: "250", unit_price: "12.48", price_base_quantity: "100", amount: "31.20" }],
    ["less a discount", { quantity: "2", unit_price: "10", discount_amount: "0.50", amount: "19.50" }],
    [
      "plus a charge, which is a negative discount",
      { quantity: "2", unit_price: "10", discount_amount: "-1", amount: "21" },
    ],
    ["rounded to the nearest cent", { quantity: "3.5", unit_price: "8.37", amount: "29.30" }],
    ["rounded down", { quantity: "3.5", unit_price: "8.37", amount: "29.29" }],
    [
      "more digits than floating point holds",
      { quantity: "3", unit_price: "3002399751580331.11", amount: "9007199254740993.33" },
    ],
    ["a credit", { quantity: "-4", unit_price: "1.25", amount: "-5.00" }],
    ["a quotient that does not end", { quantity: "1", unit_price: "10", price_base_quantity: "3", amount: "3.33" }],
    ["no price", { quantity: "3", amount: "7.50" }],
    ["no quantity", { unit_price: "2.50", amount: "7.50" }],
    ["no amount", { quantity: "3", unit_price: "2.50" }],
  ])("is not found for %s", (_what, line) => {
    expect(lineAmountOf(line)).toEqual([]);
  });

  it.each([
    ["a cent too much", { quantity: "3", unit_price: "2.50", amount: "7.51" }],
    ["a cent too little", { quantity: "3", unit_price: "2.50", amount: "7.49" }],
    ["more than rounding", { quantity: "3.5", unit_price: "8.37", amount: "29.31" }],
    ["a lost decimal comma", { quantity: "3", unit_price: "2.50", amount: "750" }],
    ["swapped digits", { quantity: "13", unit_price: "2.50", amount: "23.50" }],
    ["a base that was not read", { quantity: "250", unit_price: "12.48", amount: "31.20" }],
    ["a discount that was not read", { quantity: "2", unit_price: "10", amount: "19.50" }],
    ["the wrong sign", { quantity: "4", unit_price: "1.25", amount: "-5.00" }],
    ["a cent in a hundred trillion", { quantity: "3", unit_price: "33333333333333.33", amount: "100000000000000.00" }],
    [
      "the price of one where a thousand is the base",
      { quantity: "1000", unit_price: "5", price_base_quantity: "1000", amount: "5.01" },
    ],
  ])("is found for %s", (_what, line) => {
    expect(lineAmountOf(line)).toEqual(differs);
  });

  it("is measured in the currency's smallest unit", () => {
    const yen = { quantity: "3.5", unit_price: "8.37" };
    expect(lineAmountOf({ ...yen, amount: "29" }, "JPY")).toEqual([]);
    expect(lineAmountOf({ ...yen, amount: "30" }, "JPY")).toEqual([]);
    expect(lineAmountOf({ ...yen, amount: "31" }, "JPY")).toEqual(differs);
    expect(lineAmountOf({ ...yen, amount: "29.295" }, "KWD")).toEqual([]);
    expect(lineAmountOf({ ...yen, amount: "29.30" }, "KWD")).toEqual(differs);
    expect(lineAmountOf({ ...yen, amount: "29.31" }, null)).toEqual(differs);
  });
});

describe("price_base_not_positive", () => {
  it.each(["0", "0.00", "-2"])("is found for a price for %s, whatever follows from it", (base) => {
    const found = [{ rule: "price_base_not_positive", path: "/lines/1/price_base_quantity" }];
    expect(lineAmountOf({ quantity: "4", unit_price: "5", price_base_quantity: base, amount: "10" })).toEqual(found);
    expect(lineAmountOf({ price_base_quantity: base })).toEqual(found);
  });

  it("is not found for a part of one", () => {
    expect(lineAmountOf({ quantity: "4", unit_price: "5", price_base_quantity: "0.5", amount: "40" })).toEqual([]);
  });
});

function netOf(net: string | null, lines: readonly StatedLine[], currency = "EUR") {
  const totals: Facts["totals"] = { ...factsWith({}).totals, net };
  return checkNetTotal(factsWith({ currency, totals, lines: lines.map(lineWith) }));
}

const netDiffers = [{ rule: "net_total_differs", path: "/totals/net" }];
const third: StatedLine = { quantity: "1", unit_price: "0.333", amount: "0.33" };

const charged: StatedLine = { ...third, discount_amount: "-0.10", amount: "0.43" };

describe("net_total_differs", () => {
  it.each([
    ["the sum of the amounts", "3.30", [{ amount: "1.10" }, { amount: "2.20" }]],
    ["the sum of the rounded amounts", "0.99", [third, third, third]],
    ["the rounded sum of the exact values", "1.00", [third, third, third]],
    ["the rounded sum of the exact values, discounts included", "1.30", [charged, charged, charged]],
    ["a line whose amount follows from its price", "3.30", [{ amount: "1.10" }, { quantity: "2", unit_price: "1.10" }]],
    ["credits among the lines", "0.90", [{ amount: "1.10" }, { amount: "-0.20" }]],
    ["amounts with more digits than the currency", "3.31", [{ amount: "1.1025" }, { amount: "2.2050" }]],
    ["a line that states nothing it could follow from", "9.99", [{ amount: "1.10" }, { quantity: "2" }]],
    ["no lines", "9.99", []],
    ["no net total", null, [{ amount: "1.10" }]],
  ])("is not found for %s", (_what, net, lines: StatedLine[]) => {
    expect(netOf(net, lines)).toEqual([]);
  });

  it.each([
    ["a cent too much", "3.31", [{ amount: "1.10" }, { amount: "2.20" }]],
    ["a cent too little", "3.29", [{ amount: "1.10" }, { amount: "2.20" }]],
    ["a cent that no rounding explains", "0.98", [third, third, third]],
    ["a line dropped", "3.30", [{ amount: "1.10" }]],
    ["a line invented", "3.30", [{ amount: "1.10" }, { amount: "2.20" }, { amount: "5.00" }]],
    ["a lost decimal comma", "330", [{ amount: "1.10" }, { amount: "2.20" }]],
    ["a zero", "0", [{ amount: "1.10" }]],
  ])("is found for %s", (_what, net, lines: StatedLine[]) => {
    expect(netOf(net, lines)).toEqual(netDiffers);
  });

  it("does not lose a cent in large sums", () => {
    const lines = Array.from({ length: 150 }, () => ({ amount: "9007199254740.93" }));
    expect(netOf("1351079888211139.50", lines)).toEqual([]);
    expect(netOf("1351079888211139.51", lines)).toEqual(netDiffers);
  });

  it("is measured in the currency's smallest unit", () => {
    expect(netOf("4", [{ amount: "1.2" }, { amount: "2.4" }], "JPY")).toEqual([]);
    expect(netOf("5", [{ amount: "1.2" }, { amount: "2.4" }], "JPY")).toEqual(netDiffers);
    expect(netOf("3.601", [{ amount: "1.2" }, { amount: "2.4" }], "KWD")).toEqual(netDiffers);
  });

  it("is judged by the amounts alone where a line's value cannot be computed", () => {
    const odd = { quantity: "1", unit_price: "5", price_base_quantity: "0", amount: "5.00" };
    expect(netOf("5.00", [odd])).toEqual([]);
    expect(netOf("6.00", [odd])).toEqual(netDiffers);
  });
});

describe("sumOfLines", () => {
  it("is known when every line's amount is", () => {
    expect(sumOfLines(invoiceFacts().lines)).toBe("79.30");
    expect(sumOfLines([lineWith({ quantity: "2", unit_price: "1.5" }), lineWith({ amount: "1" })])).toBe("4.0");
    expect(sumOfLines([lineWith({ amount: "1" }), lineWith({ quantity: "2" })])).toBeUndefined();
    expect(sumOfLines([lineWith({ amount: "1" }), lineWith({ description: "as ordered" })])).toBe("1");
    expect(sumOfLines([lineWith({ description: "as ordered" })])).toBeUndefined();
    expect(sumOfLines([])).toBeUndefined();
  });
});
