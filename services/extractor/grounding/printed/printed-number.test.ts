import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalMark, magnitude, plainPrint, printedNumbers } from "./printed-number.ts";

// Real: everything. Pure functions.

function readingsIn(text: string, mark?: "," | "."): string[][] {
  return printedNumbers(plainPrint(text), mark).map(({ readings }) => [...readings]);
}

describe("printedNumbers", () => {
  it.each([
    ["1.234,50", "1234.5"],
    ["1,234.50", "1234.5"],
    ["1'234.50", "1234.5"],
    ["1’234.50", "1234.5"],
    ["1234.5", "1234.5"],
    ["1234,50", "1234.5"],
    ["12,34,567.00", "1234567"],
    ["1.234.567", "1234567"],
    ["0,005", "0.005"],
    ["007,50", "7.5"],
    ["€ 1.234,50", "1234.5"],
    ["EUR1.234,50", "1234.5"],
    ["US$1,234.50", "1234.5"],
    ["Fr.1'234.50", "1234.5"],
    ["1.234,50€", "1234.5"],
    ["1.234,50 EUR", "1234.5"],
    ["1.234,50-", "1234.5"],
    ["- 1.234,50", "1234.5"],
    ["−1.234,50", "1234.5"],
    ["(1,234.50)", "1234.5"],
    ["12,34,567", "1234567"],
    ["1ʼ234.50", "1234.5"],
    ["١٬٢٣٤٫٥٠", "1234.5"],
    ["۱٬۲۳۴٫۵۰", "1234.5"],
    ["१,२३४.५०", "1234.5"],
    ["１，２３４．５０", "1234.5"],
    ["๑,๒๓๔.๕๐", "1234.5"],
    [".75", "0.75"],
    [",75", "0.75"],
    ["-.75", "0.75"],
    ["$.75", "0.75"],
    ["each .7525", "0.7525"],
    ["RM1,234.50", "1234.5"],
    ["Rp1.234,50", "1234.5"],
    ["R1,234.50", "1234.5"],
    ["P1,234.50", "1234.5"],
    ["K1,234.50", "1234.5"],
    ["KSh1,234.50", "1234.5"],
    ["S/1,234.50", "1234.5"],
    ["-RM1,234.50", "1234.5"],
    ["(Rs.1,234.50)", "1234.5"],
    ["TSh1,234.50/=", "1234.5"],
    ["1,234.50CR", "1234.5"],
    ["1,234.50 DR", "1234.5"],
    ["Total: 1234,50 F", "1234.5"],
    ["12kg", "12"],
    ["2,5%", "2.5"],
    ["EUR/100", "100"],
    ["Total:12,00", "12"],
    ["12,50¹", "12.5"],
    ["12,50 ²⁾", "12.5"],
    ["1.250,00³", "1250"],
    ["12,50 €¹", "12.5"],
    ["Betrag¹ 12,50", "12.5"],
    ["4 m²", "4"],
  ])("reads %s", (printed, value) => {
    expect(readingsIn(printed)).toEqual([[value]]);
  });

  it.each([
    ["1 234,50", "1234.5"],
    ["R1 234,50", "1234.5"],
    ["1234€50", "1234.5"],
    ["1.234€50", "1234.5"],
    ["1.234$50", "1234.5"],
    ["1\u00a0234\u202f567,50", "1234567.5"],
    ["1.234 ,50", "1234.5"],
    ["1 .234,50", "1234.5"],
    ["1 2 3 4 , 5 0", "1234.5"],
  ])("reads %s also as one number, because its spaces may be none", (printed, value) => {
    expect(readingsIn(printed)).toContainEqual([value]);
  });

  it.each([
    ["12,50/100 kg", ["12.5", "100"]],
    ["EUR 12.50/1000", ["12.5", "1000"]],
    ["0,1250/1", ["0.125", "1"]],
    ["12,50 €/100 Stk", ["12.5", "100"]],
  ])("reads the price and what it is for in %s", (printed, values) => {
    expect(readingsIn(printed).flat()).toEqual(values);
  });

  it("reads what is before a fraction without a whole as a number of its own", () => {
    expect(readingsIn("2.00 .75")).toEqual([["2"], ["0.75"]]);
    expect(readingsIn("Total .....75")).toEqual([["75"]]);
    expect(readingsIn("No.75")).toEqual([["75"]]);
  });

  it("takes what is before a space and a sign within a number for either", () => {
    expect(readingsIn("2 345€00")).toContainEqual(["2345", "345"]);
  });

  it("reads the parts of what may be two numbers", () => {
    expect(readingsIn("2 345,00")).toEqual([["2"], ["345"], ["2345"]]);
  });

  it("reads a long row of numbers one by one", () => {
    const row = Array.from({ length: 40 }, (_, index) => `${index + 100},50`);
    expect(readingsIn(row.join(" ")).flat()).toEqual(row.map((number) => magnitude(number.replace(",", "."))));
  });

  it("leaves open what the country decides, unless the document does", () => {
    expect(readingsIn("1.234")).toEqual([["1234", "1.234"]]);
    expect(readingsIn("9,000 kg")).toEqual([["9", "9000"]]);
    expect(readingsIn("9,000 kg", ",")).toEqual([["9"]]);
    expect(readingsIn("9,000 kg", ".")).toEqual([["9000"]]);
    expect(readingsIn("9.000 kg", ",")).toEqual([["9000"]]);
  });

  it("reads what cannot be meant as the document usually writes as it can be", () => {
    expect(readingsIn("v 2.25", ",")).toEqual([["2.25"]]);
  });

  it.each([
    ["a date", "05.06.2018"],
    ["a date with slashes", "05/06/2018"],
    ["an ISO date", "2018-06-05"],
    ["an identifier", "KR3M"],
    ["an identifier with a hyphen", "R18-31"],
    ["an order number", "2018-471331"],
    ["a tax number", "201/113/40209"],
    ["a time", "10:35"],
    ["a number of something", "12/100"],
    ["an order and its position", "12,50/110"],
    ["a letter and figures that are no money", "R1250"],
    ["a letter that is no currency", "B1,250.00"],
    ["a version", "1.2.3"],
    ["wrong thousands", "1.23.456"],
    ["more digits than a number has", "1".repeat(49)],
  ])("finds no number in %s", (_what, printed) => {
    expect(readingsIn(printed)).toEqual([]);
  });

  it("says which are written as money, and which are percentages", () => {
    const [price, discount, count] = printedNumbers("12,50 less 2,00 % of 3", undefined);
    expect([price?.hasCents, price?.isPercentage]).toEqual([true, false]);
    expect([discount?.hasCents, discount?.isPercentage]).toEqual([true, true]);
    expect([count?.hasCents, count?.isPercentage]).toEqual([false, false]);
    expect(printedNumbers("%18 KDV", undefined).map(({ isPercentage }) => isPercentage)).toEqual([true]);
  });

  it("says where each stands", () => {
    const text = "from 10,00 to 20,00";
    expect(printedNumbers(text, undefined).map(({ start, end }) => text.slice(start, end))).toEqual(["10,00", "20,00"]);
  });

  it("reads any amount in any of the ways it is written", () => {
    const ways: ReadonlyArray<readonly [string, string]> = [
      ["de-DE", ","],
      ["en-US", "."],
      ["de-CH", "."],
      ["fr-FR", ","],
      ["en-IN", "."],
    ];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 11 }), fc.constantFrom(...ways), (cents, [locale]) => {
        const value = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
        const printed = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(cents / 100);
        expect(readingsIn(printed)).toContainEqual([magnitude(value)]);
      }),
    );
  });
});

describe("decimalMark", () => {
  it("is what begins the fractions of a document", () => {
    expect(decimalMark(["12,50", "1.234,00 and 3"])).toBe(",");
    expect(decimalMark(["12.50", "1,234.00"])).toBe(".");
    expect(decimalMark(["1,234.500"])).toBe(".");
    expect(decimalMark(["1.234,500"])).toBe(",");
  });

  it("is not disturbed by a version number or a time of day", () => {
    expect(decimalMark(["ZUGFeRD 2.2", "12,50 7,00 3,20 9,99"])).toBe(",");
  });

  it("is unknown where both are used, or neither", () => {
    expect(decimalMark(["12,50", "12.50"])).toBeUndefined();
    expect(decimalMark(["1.234", "5", "9,000"])).toBeUndefined();
    expect(decimalMark([])).toBeUndefined();
  });
});

describe("magnitude", () => {
  it.each([
    ["-12.50", "12.5"],
    ["0.00", "0"],
    ["007", "7"],
    ["100", "100"],
  ])("of %s is %s", (decimal, size) => {
    expect(magnitude(decimal)).toBe(size);
  });
});
