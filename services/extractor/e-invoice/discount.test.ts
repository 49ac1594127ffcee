import { decimalSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { discountOf } from "./discount.ts";
import { indicator } from "./xml-values.ts";

// Real: the functions. Nothing is doubled.

const five = decimalSchema.parse("5");
const two = decimalSchema.parse("2");

describe("an indicator", () => {
  it.each<[string | undefined, boolean | undefined]>([
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
    ["TRUE", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j says %j", (said, expected) => {
    expect(indicator(said)).toBe(expected);
  });
});

describe("the discount of a line", () => {
  it("is its allowances less its charges", () => {
    const list = [
      { isCharge: false, amount: five },
      { isCharge: true, amount: two },
    ];
    expect(discountOf(list)).toBe("3");
    expect(discountOf(list.slice(1))).toBe("-2");
  });

  it.each([
    ["there are neither", []],
    ["an amount cannot be read", [{ isCharge: false, amount: null }]],
    ["it is not said which one it is", [{ isCharge: undefined, amount: five }]],
  ])("is not known when %s", (_name, list) => {
    expect(discountOf(list)).toBeNull();
  });
});
