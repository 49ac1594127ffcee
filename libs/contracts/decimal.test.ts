import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDecimal, decimalSchema } from "./decimal.ts";

/* Real: the decimal schema and its canonical form. Nothing is doubled. Spellings are made by fast-check. */

const digits = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength }).map((list) => list.join(""));

/** A plain decimal as a document might spell it, with what it means: sign, whole digits, fraction digits. */
const spelled = fc
  .record({
    sign: fc.constantFrom("", "+", "-"),
    zeros: fc.constantFrom("", "0", "000"),
    whole: digits(12),
    fraction: fc.option(digits(8), { nil: undefined }),
    space: fc.constantFrom("", " ", "\t"),
  })
  .map(({ sign, zeros, whole, fraction, space }) => ({
    spelling: `${space}${sign}${zeros}${whole}${fraction === undefined ? "" : `.${fraction}`}${space}`,
    value: scaled(sign, whole, fraction ?? ""),
    fraction: fraction ?? "",
  }));

/** The number as a whole multiple of 10⁻⁸: exact, unlike a floating-point number. */
function scaled(sign: string, whole: string, fraction: string): bigint {
  const magnitude = BigInt(whole + fraction.padEnd(8, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

function meaningOf(decimal: string): bigint {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  return scaled(sign, whole, fraction);
}

describe("a canonical decimal", () => {
  it("means exactly what the spelling meant", () => {
    fc.assert(
      fc.property(spelled, ({ spelling, value }) => {
        expect(meaningOf(canonicalDecimal(spelling) ?? "")).toBe(value);
      }),
    );
  });

  it("keeps every digit of the fraction, because 10.00 says something that 10 does not", () => {
    fc.assert(
      fc.property(spelled, ({ spelling, fraction }) => {
        expect((canonicalDecimal(spelling) ?? "").split(".")[1] ?? "").toBe(fraction);
      }),
    );
  });

  it("passes the schema and is its own canonical form", () => {
    fc.assert(
      fc.property(spelled, ({ spelling }) => {
        const canonical = canonicalDecimal(spelling) ?? "";
        expect(decimalSchema.parse(canonical)).toBe(canonical);
        expect(canonicalDecimal(canonical)).toBe(canonical);
      }),
    );
  });

  it("is undefined or passes the schema for any text at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const canonical = canonicalDecimal(text);
        expect(canonical === undefined || decimalSchema.safeParse(canonical).success).toBe(true);
      }),
    );
  });

  it.each([
    ["007.50", "7.50"],
    ["+3", "3"],
    [".5", "0.5"],
    ["5.", "5"],
    ["-0012", "-12"],
    ["0", "0"],
    ["00", "0"],
  ])("of %s is %s", (spelling, canonical) => {
    expect(canonicalDecimal(spelling)).toBe(canonical);
  });

  it.each(["", ".", "-", "1,5", "1 000", "1e3", "0x10", "NaN", "Infinity", "--1", "1.2.3", "١٢", "1".repeat(33)])(
    "does not exist for %j",
    (spelling) => {
      expect(canonicalDecimal(spelling)).toBeUndefined();
    },
  );
});

describe("the decimal schema", () => {
  it.each([1.5, 10, Number.NaN, null, true, ["1"], "1e3", "+1", "01", ".5", "5.", "1,000.00", " 1", "1\n"])(
    "refuses %j",
    (value) => {
      expect(decimalSchema.safeParse(value).success).toBe(false);
    },
  );
});
