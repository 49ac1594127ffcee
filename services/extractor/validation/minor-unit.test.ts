import { describe, expect, it } from "vitest";
import { currencyExponent, halfMinorUnit, minorUnit } from "./minor-unit.ts";

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
