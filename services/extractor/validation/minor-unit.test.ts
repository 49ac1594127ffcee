import { describe, expect, it } from "vitest";
import { currencyExponent, halfMinorUnit, isRoundedToCoins, minorUnit } from "./minor-unit.ts";

// Real: the table.

describe("the smallest unit of a currency", () => {
  it.each([
    ["EUR", 2, "0.01", "0.005"],
    ["HUF", 2, "0.01", "0.005"],
    ["JPY", 0, "1", "0.5"],
    ["KRW", 0, "1", "0.5"],
    ["ISK", 0, "1", "0.5"],
    ["XOF", 0, "1", "0.5"],
    ["KWD", 3, "0.001", "0.0005"],
    ["IQD", 3, "0.001", "0.0005"],
    ["CLF", 4, "0.0001", "0.00005"],
    [null, 2, "0.01", "0.005"],
    ["ZZZ", 2, "0.01", "0.005"],
  ])("of %s has %i decimals", (currency, exponent, unit, half) => {
    expect(currencyExponent(currency)).toBe(exponent);
    expect(minorUnit(currency)).toBe(unit);
    expect(halfMinorUnit(currency)).toBe(half);
  });
});

describe("an amount in Swiss francs", () => {
  it.each([
    ["2088.30", "2088.28"],
    ["2088.30", "2088.325"],
    ["12.5", "12.48"],
    ["-7", "-7.02"],
  ])("of %s is %s rounded to coins", (amount, exact) => {
    expect(isRoundedToCoins(amount, exact, "CHF")).toBe(true);
    expect(isRoundedToCoins(amount, exact, "EUR")).toBe(false);
  });

  it.each([
    ["2088.29", "2088.28"],
    ["2088.30", "2088.33"],
    ["2088.35", "2088.28"],
  ])("of %s is not %s rounded to coins", (amount, exact) => {
    expect(isRoundedToCoins(amount, exact, "CHF")).toBe(false);
  });
});
