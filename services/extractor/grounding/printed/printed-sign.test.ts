import { describe, expect, it } from "vitest";
import { plainPrint, printedNumbers } from "./printed-number.ts";
import { type PrintedSign, signWithin } from "./printed-sign.ts";

// Real: everything. Pure functions.

/** Of the last number in a text. */
function signIn(text: string): PrintedSign | undefined {
  return printedNumbers(plainPrint(text), undefined).at(-1)?.sign;
}

describe("printedSign", () => {
  it.each([
    "-12,00",
    "−12,00",
    "–12,00",
    "- 12,00",
    "-€12.00",
    "€ -12.00",
    "EUR -12,00",
    "EUR - 12,00",
    "-US$ 12.00",
    "Total -12,00",
    "Total:-12,00",
    "19 % -12,00",
    "12,00-",
    "12,00- EUR",
    "12,00-€",
    "(12.00)",
    "($12.00)",
    "$ (12.00)",
    "(12,00 €)",
    "(-12.00)",
    "(12.00-)",
    "12.00 CR",
    "12.00CR",
    "CR 12.00",
    "-RM12.00",
    "(KSh12.00)",
    "(R12.00)",
    "-12€50",
    "12€50-",
    "(12€50)",
  ])("takes %s for less than nothing", (text) => {
    expect(signIn(text)).toBe("minus");
  });

  it.each([
    "12,00",
    "EUR 12,00",
    "12,-",
    "12.--",
    "Total ----- 12,00",
    "Total - - - - 12,00",
    "Total --12,00",
    "12.00 CRATES",
    "SCR 12.00",
    "12.00 DR",
    "12.00 Dr.",
    "RM12.00",
    "incl. VAT (19 %) 12.00",
  ])("takes %s for more than nothing", (text) => {
    expect(signIn(text)).toBe("plus");
  });

  it.each([
    "Total - 12,00",
    "9.50 - 12.00",
    "12,00 -",
    "12.00- each",
    "12.00 Cr",
    "VAT (12.00)",
    "Commercial invoice (380)",
    "(5)",
  ])("takes %s for either", (text) => {
    expect(signIn(text)).toBe("unclear");
  });

  it("sees a mark only as near as it can be one", () => {
    expect(signIn(`- ${"EUR ".repeat(20)}12,00`)).toBe("plus");
  });
});

describe("signWithin", () => {
  it.each([
    ["CR", undefined, "minus"],
    [undefined, "CR", "minus"],
    ["-", undefined, "unclear"],
    [undefined, "-", "unclear"],
    ["(", ")", "unclear"],
    ["Total", "EUR", "plus"],
  ] as const)("sees what is in the cells beside a number: %s, %s", (left, right, sign) => {
    expect(signWithin("plus", left, right)).toBe(sign);
    expect(signWithin("minus", left, right)).toBe("minus");
  });
});
