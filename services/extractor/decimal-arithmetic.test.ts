import { decimalSchema } from "@flowstate/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideDecimals, sumDecimals, withinTolerance } from "./decimal-arithmetic.ts";

// Real: everything. Pure functions, checked against known sums and against integer arithmetic.

const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const asDecimal = (value: bigint) => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

describe("sumDecimals", () => {
  it("adds amounts that floating point does not", () => {
    expect(sumDecimals(["0.1", "0.2"])).toBe("0.3");
    expect(sumDecimals(["9007199254740993", "0.01"])).toBe("9007199254740993.01");
  });

  it("keeps the longest fraction, and signs", () => {
    expect(sumDecimals(["1", "2.50", "-0.125"])).toBe("3.375");
    expect(sumDecimals(["-0.75", "0.25"])).toBe("-0.50");
  });

  it("is zero for nothing", () => {
    expect(sumDecimals([])).toBe("0");
  });

  it("equals integer arithmetic on any amounts", () => {
    fc.assert(
      fc.property(fc.array(cents), (amounts) => {
        const sum = sumDecimals(amounts.map(asDecimal));
        const expected = amounts.reduce((total, amount) => total + amount, 0n);
        expect(sum).toBe(amounts.length === 0 ? "0" : asDecimal(expected));
        expect(decimalSchema.safeParse(sum).success).toBe(true);
      }),
    );
  });
});

describe("withinTolerance", () => {
  it("includes the tolerance itself and nothing more", () => {
    expect(withinTolerance("10.00", "10.02", "0.02")).toBe(true);
    expect(withinTolerance("10.00", "10.021", "0.02")).toBe(false);
    expect(withinTolerance("-1", "1", "2")).toBe(true);
  });
});

describe("divideDecimals", () => {
  it("is exact where the quotient ends", () => {
    expect(divideDecimals("9.90", "100")).toBe("0.099");
    expect(divideDecimals("10.00", "4")).toBe("2.50");
    expect(divideDecimals("-3", "2")).toBe("-1.5");
  });

  it("rounds half away from zero at ten decimals where it does not", () => {
    expect(divideDecimals("2", "3")).toBe("0.6666666667");
    expect(divideDecimals("-2", "3")).toBe("-0.6666666667");
  });

  it("is undefined for a division by zero", () => {
    expect(divideDecimals("1", "0.00")).toBeUndefined();
  });
});
