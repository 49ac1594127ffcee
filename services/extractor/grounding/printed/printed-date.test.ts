import { describe, expect, it } from "vitest";
import { foldedText } from "./folded-text.ts";
import { printedDates } from "./printed-date.ts";

// Real: everything. Pure function.

function datesIn(texts: readonly string[]): string[] {
  return [...new Set(printedDates(texts.map(foldedText)).map(({ date }) => date))];
}

describe("printedDates", () => {
  it.each([
    "2026-11-23",
    "2026/11/23",
    "2026.11.23",
    "20261123",
    "23.11.2026",
    "23. 11. 2026",
    "23.11.26",
    "23/11/2026",
    "23/11/26",
    "11/23/2026",
    "23-11-2026",
    "23 Nov 2026",
    "23-NOV-2026",
    "23-Nov-26",
    "23rd November 2026",
    "23rd of November, 2026",
    "November 23, 2026",
    "Nov. 23rd 2026",
    "23. November 2026",
    "23 novembre 2026",
    "23 de noviembre de 2026",
    "23 november 2026",
    "23 de novembro de 2026",
    "vom 23.11.2026, fällig sofort",
    "2026-11-23T10:00:00Z",
  ])("reads %s", (printed) => {
    expect(datesIn([printed])).toEqual(["2026-11-23"]);
  });

  it.each([
    ["1. März 2026", "2026-03-01"],
    ["1. Mrz. 2026", "2026-03-01"],
    ["1er août 2026", "2026-08-01"],
    ["3 déc. 2026", "2026-12-03"],
    ["2 juin 2026", "2026-06-02"],
    ["2 juil. 2026", "2026-07-02"],
    ["2 gennaio 2026", "2026-01-02"],
    ["7 ott 2026", "2026-10-07"],
    ["7 ene. 2026", "2026-01-07"],
    ["4 mei 2026", "2026-05-04"],
    ["4 maart 2026", "2026-03-04"],
    ["Jänner 5, 2026", "2026-01-05"],
    ["5 września 2026 r.", "2026-09-05"],
    ["5 lis. 2026", "2026-11-05"],
  ])("knows the month of %s", (printed, date) => {
    expect(datesIn([printed])).toEqual([date]);
  });

  it("takes dots for the day first, whatever the numbers", () => {
    expect(datesIn(["03.05.2026"])).toEqual(["2026-05-03"]);
  });

  it("leaves open which of two slashed numbers is the month, unless another date of the document tells", () => {
    expect(datesIn(["03/05/2026"]).sort()).toEqual(["2026-03-05", "2026-05-03"]);
    expect(datesIn(["03/05/2026", "due 28/05/2026"]).sort()).toEqual(["2026-05-03", "2026-05-28"]);
    expect(datesIn(["03/05/2026", "due 05/28/2026"]).sort()).toEqual(["2026-03-05", "2026-05-28"]);
  });

  it("says where they stand", () => {
    expect(printedDates(["of 3.5.2026,", "23 nov 2026"])).toEqual([
      { date: "2026-05-03", text: 0, start: 3, end: 11 },
      { date: "2026-11-23", text: 1, start: 0, end: 11 },
    ]);
  });

  it.each([
    "31.02.2026",
    "00.11.2026",
    "23.13.2026",
    "201/113/40209",
    "1.2.3.2026",
    "2 jui 2026",
    "10 widgets 2026",
    "123456789",
  ])("finds no date in %s", (printed) => {
    expect(datesIn([printed])).toEqual([]);
  });
});
