import { decimalSchema } from "@flowstate/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  absoluteDecimal,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
  withinTolerance,
} from "./decimal-arithmetic.ts";

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

describe("subtractDecimals", () => {
  it("is exact, whatever the signs", () => {
    expect(subtractDecimals("0.3", "0.1")).toBe("0.2");
    expect(subtractDecimals("1", "2.50")).toBe("-1.50");
    expect(subtractDecimals("-1", "-2.5")).toBe("1.5");
    expect(subtractDecimals("9007199254740993", "0.01")).toBe("9007199254740992.99");
  });
});

describe("multiplyDecimals", () => {
  it("is exact, with all digits of both", () => {
    expect(multiplyDecimals("0.1", "0.2")).toBe("0.02");
    expect(multiplyDecimals("-1.50", "3")).toBe("-4.50");
    expect(multiplyDecimals("126.5", "1.95")).toBe("246.675");
    expect(multiplyDecimals("99999999999999.99", "99999999999999.99")).toBe("9999999999999998000000000000.0001");
    expect(multiplyDecimals("0", "5.00")).toBe("0.00");
  });
});

describe("compareDecimals", () => {
  it("goes by the number, not by how it is written", () => {
    expect(compareDecimals("1.0", "1")).toBe(0);
    expect(compareDecimals("0", "-0.00")).toBe(0);
    expect(compareDecimals("9", "10")).toBe(-1);
    expect(compareDecimals("-9", "-10")).toBe(1);
    expect(compareDecimals("0.10", "0.099")).toBe(1);
  });
});

describe("absoluteDecimal", () => {
  it("takes off the sign and nothing else", () => {
    expect(absoluteDecimal("-12.50")).toBe("12.50");
    expect(absoluteDecimal("12.50")).toBe("12.50");
  });
});

describe("roundDecimal", () => {
  it("rounds half away from zero", () => {
    expect(roundDecimal("246.675", 2)).toBe("246.68");
    expect(roundDecimal("-246.675", 2)).toBe("-246.68");
    expect(roundDecimal("246.6749", 2)).toBe("246.67");
    expect(roundDecimal("0.5", 0)).toBe("1");
    expect(roundDecimal("0.49", 0)).toBe("0");
    expect(roundDecimal("9.999", 2)).toBe("10.00");
  });

  it("adds no digits", () => {
    expect(roundDecimal("1.5", 2)).toBe("1.5");
    expect(roundDecimal("1.50", 2)).toBe("1.50");
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
