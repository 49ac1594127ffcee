import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isContainerNumber, isGtin, isIban } from "./check-digits.ts";

// Real: the checks. The numbers are published examples of their standards, or their registries' own test numbers.

describe.each([
  {
    check: isGtin,
    name: "isGtin",
    right: ["96385074", "036000291452", "4006381333931", "10012345678902", "4 006381-333931"],
  },
  {
    check: isIban,
    name: "isIban",
    right: [
      "DE89370400440532013000",
      "GB29 NWBK 6016 1331 9268 19",
      "NO9386011117947",
      "MT84MALT011000012345MTLCAST001S",
      "ch93 0076 2011 6238 5295 7",
    ],
  },
  {
    check: isContainerNumber,
    name: "isContainerNumber",
    right: ["CSQU3054383", "GVTU 300038 9", "hlxu-200841-9", "TGHU7599330"],
  },
])("$name", ({ check, right }) => {
  it.each(right)("accepts %s", (number) => {
    expect(check(number)).toBe(true);
  });

  it.each(right)("refuses %s with any one digit changed", (number) => {
    for (let place = 0; place < number.length; place++) {
      const digit = number.charAt(place);
      if (!/\d/.test(digit)) continue;
      for (let other = 0; other <= 9; other++) {
        // A remainder of ten counts as zero in ISO 6346: the one pair of digits that its check cannot tell apart.
        if (String(other) === digit || (check === isContainerNumber && number.endsWith("0"))) continue;
        expect(check(`${number.slice(0, place)}${other}${number.slice(place + 1)}`), `${place}: ${other}`).toBe(false);
      }
    }
  });

  it.each(right)("refuses %s cut short or with more behind it", (number) => {
    expect(check(number.slice(0, -1))).toBe(false);
    expect(check(`${number}0`)).toBe(false);
    expect(check(`x${number}`)).toBe(false);
  });

  it.each(["", "0", "SECRET", "١٢٣٤٥٦٧٨", "DE", "00000000000000000000000000000000000000000"])(
    "refuses %j",
    (number) => {
      expect(check(number)).toBe(false);
    },
  );

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => typeof check(text) === "boolean"));
  });
});

describe("isGtin", () => {
  it("refuses lengths that no GTIN has", () => {
    for (const zeros of ["0000000", "000000000", "00000000000", "000000000000000"]) expect(isGtin(zeros)).toBe(false);
    for (const zeros of ["00000000", "000000000000", "0000000000000", "00000000000000"])
      expect(isGtin(zeros)).toBe(true);
  });

  it("notices neighbouring digits that were swapped, unless they differ by five", () => {
    expect(isGtin("4006381339331")).toBe(false);
    expect(isGtin("4060381333931")).toBe(false);
  });
});

describe("isIban", () => {
  it("refuses what is too short or too long to be one, whatever its check digits", () => {
    expect(isIban("DE2411111111111")).toBe(true);
    expect(isIban("DE861111111111")).toBe(false);
    expect(isIban("DE75111111111111111111111111111111")).toBe(true);
    expect(isIban("DE111111111111111111111111111111111")).toBe(false);
  });

  it("notices swapped digits", () => {
    expect(isIban("DE98370400440532013000")).toBe(false);
    expect(isIban("DE89370400440352013000")).toBe(false);
  });
});

describe("isContainerNumber", () => {
  it("refuses a category that is none", () => {
    expect(isContainerNumber("CSQX3054383")).toBe(false);
  });

  it("takes a remainder of ten for zero", () => {
    expect(isContainerNumber("TGHU7599330")).toBe(true);
    expect(isContainerNumber("TGHU7599331")).toBe(false);
  });

  it("gives every letter its own value", () => {
    // Owner codes with their check digits, so that each letter of the alphabet takes part.
    const numbers =
      "ABCU1234560 DEFU1234560 GHIU1234560 JKLU1234562 MNOU1234564 PQRU1234563 STUU1234562 VWXU1234568 YZAU1234561".split(
        " ",
      );
    expect(numbers.filter((number) => !isContainerNumber(number))).toEqual([]);
  });
});
