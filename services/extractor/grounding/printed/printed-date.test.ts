import { describe, expect, it } from "vitest";
import { foldedText } from "./folded-text.ts";
import { printedDates } from "./printed-date.ts";
import { plainPrint } from "./printed-number.ts";

// Real: everything. Pure function.

function datesIn(texts: readonly string[]): string[] {
  return [...new Set(printedDates(texts.map((text) => foldedText(plainPrint(text)))).map(({ date }) => date))];
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
    "23/Nov/2026",
    "23.Nov.2026",
    "2026-Nov-23",
    "2026/NOV/23",
    "2026 Nov 23",
    "23Nov2026",
    "Nov 23 '26",
    "23 11 2026",
    "11 23 2026",
    "2026 11 23",
    "2026. 11. 23.",
    "23.XI.2026",
    "23. XI. 2026",
    "23-XI-26",
    "23 XI 2026",
    "2026年11月23日",
    "2026 年 11 月 23 日",
    "令和8年11月23日",
    "民國115年11月23日",
    "2026년 11월 23일",
    "2026년11월23일",
    "ngày 23 tháng 11 năm 2026",
    "٢٣/١١/٢٠٢٦",
    "２０２６－１１－２３",
    "23/11/2569",
    "23 . 11 . 2026",
    "23.11.'26",
    "23. 11. ’26",
    "23|11|2026",
    "23 | 11 | 2026",
    "Datum 23112026",
    "Rechnungsdatum: 23112026",
    "Date: 11232026",
  ])("reads %s", (printed) => {
    expect(datesIn([printed])).toEqual(["2026-11-23"]);
  });

  it.each([
    ["Hungarian", "2026. november 23."],
    ["Hungarian, shortened", "2026. nov. 23-án"],
    ["Czech", "23. listopadu 2026"],
    ["Czech, by itself", "23 listopad 2026"],
    ["Slovak", "23. novembra 2026"],
    ["Polish", "23 listopada 2026 r."],
    ["Romanian", "23 noiembrie 2026"],
    ["Turkish", "23 Kasım 2026"],
    ["Turkish, in capitals", "23 KASIM 2026"],
    ["Russian", "«23» ноября 2026 г."],
    ["Russian, by itself", "23 ноябрь 2026"],
    ["Russian, with an ending", "23-го ноября 2026"],
    ["Ukrainian", "23 листопада 2026 р."],
    ["Belarusian", "23 лістапада 2026"],
    ["Bulgarian", "23 ноември 2026 г."],
    ["Serbian", "23. новембар 2026."],
    ["Serbian, in Latin", "23. novembar 2026."],
    ["Macedonian", "23 ноември 2026"],
    ["Slovenian", "23. november 2026"],
    ["Greek", "23 Νοεμβρίου 2026"],
    ["Greek, by itself", "23 Νοέμβριος 2026"],
    ["Greek, in capitals", "23 ΝΟΕΜΒΡΙΟΥ 2026"],
    ["Finnish", "23. marraskuuta 2026"],
    ["Finnish, by itself", "23. marraskuu 2026"],
    ["Estonian", "23. november 2026"],
    ["Latvian", "2026. gada 23. novembris"],
    ["Lithuanian", "2026 m. lapkričio 23 d."],
    ["Swedish", "den 23 november 2026"],
    ["Danish", "d. 23. nov. 2026"],
    ["Icelandic", "23. nóvember 2026"],
    ["Irish", "23 Samhain 2026"],
    ["Welsh", "23 Tachwedd 2026"],
    ["Maltese", "23 ta’ Novembru 2026"],
    ["Basque", "2026(e)ko azaroaren 23a"],
    ["Catalan", "23 de novembre del 2026"],
    ["Galician", "23 de novembro de 2026"],
    ["Albanian", "23 nëntor 2026"],
    ["Hebrew", "23 בנובמבר 2026"],
    ["Arabic", "23 نوفمبر 2026"],
    ["Arabic, in the Levant", "٢٣ تشرين الثاني ٢٠٢٦"],
    ["Persian", "۲۳ نوامبر ۲۰۲۶"],
    ["Hindi", "२३ नवंबर २०२६"],
    ["Bengali", "২৩ নভেম্বর ২০২৬"],
    ["Thai", "23 พฤศจิกายน 2569"],
    ["Thai, shortened", "23 พ.ย. 2569"],
    ["Indonesian", "23 November 2026"],
    ["Georgian", "23 ნოემბერი, 2026"],
    ["Armenian", "23 նոյեմբերի, 2026 թ."],
    ["Kazakh", "2026 ж. 23 қараша"],
    ["Azerbaijani", "23 noyabr 2026"],
  ])("reads a date in %s", (_language, printed) => {
    expect(datesIn([printed])).toContain("2026-11-23");
  });

  it("reads every month of a language in each form that it has", () => {
    const forms = [{ month: "long" }, { month: "short" }, { dateStyle: "long" }, { dateStyle: "medium" }] as const;
    const languages = ["bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nb", "nl", "pl", "pt", "ro"];
    for (const language of [...languages, "hr", "lt", "lv", "ru", "sk", "sl", "sr", "sv", "tr", "uk"]) {
      for (const month of ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"]) {
        for (const form of forms) {
          const print = new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" }).format(
            Date.parse(`2026-${month}-09`),
          );
          const date = "month" in form && !/\d/.test(print) ? `9. ${print} 2026` : print;
          if (/2026/.test(date))
            expect([date, datesIn([date])]).toEqual([date, expect.arrayContaining([`2026-${month}-09`])]);
        }
      }
    }
  });

  it("reads two digits before hyphens as a year, too", () => {
    expect(datesIn(["26-11-09"]).sort()).toEqual(["2009-11-26", "2026-11-09"]);
  });

  it("reads a month that two languages call alike as either", () => {
    expect(datesIn(["5 listopad 2026"]).sort()).toEqual(["2026-10-05", "2026-11-05"]);
    expect(datesIn(["5 listopada 2026"]).sort()).toEqual(["2026-10-05", "2026-11-05"]);
    expect(datesIn(["5 lis. 2026"]).sort()).toEqual(["2026-10-05", "2026-11-05"]);
    expect(datesIn(["5 listopadu 2026"])).toEqual(["2026-11-05"]);
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
    ["23 Mar 2026", "2026-03-23"],
    ["9 avr. 2026", "2026-04-09"],
    ["May 7, 2026", "2026-05-07"],
  ])("knows the month of %s", (printed, date) => {
    expect(datesIn([printed])).toEqual([date]);
  });

  it.each([
    ["01.-05.03.2026", ["2026-03-01", "2026-03-05"]],
    ["1. - 5. 3. 2026", ["2026-03-01", "2026-03-05"]],
    ["28.02.–05.03.2026", ["2026-02-28", "2026-03-05"]],
    ["28.12.2026-03.01.2027", ["2026-12-28", "2027-01-03"]],
    ["28/12/2026-03/01/2027", ["2026-12-28", "2027-01-03"]],
  ])("reads both ends of %s", (printed, dates) => {
    expect(datesIn([printed]).sort()).toEqual(dates);
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
      { date: "2026-05-03", text: 0, start: 3, end: 11, isOpen: false },
      { date: "2026-11-23", text: 1, start: 0, end: 11, isOpen: false },
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
    "23 and March 2026",
    "2 x 3 x 2026",
    "1 23 11 2026",
    "040 12 11 2026 55",
    "23.IIII.2026",
    "2026年13月1日",
    "23112026",
    "Order 23112026",
    "Update 23112026",
    "12 | 23 | 11 | 2026",
    "3.-1.2.3",
  ])("finds no date in %s", (printed) => {
    expect(datesIn([printed])).toEqual([]);
  });
});
