import { describe, expect, it } from "vitest";
import { foldedText } from "./folded-text.ts";
import { printedDates } from "./printed-date.ts";
import { plainPrint } from "./printed-number.ts";

// Real: everything. Pure functions.

/** What `05/03/2026` is beside these texts: the date, or how many it may be. */
function meant(texts: readonly string[]): string | number {
  const folded = ["Date: 05/03/2026", ...texts].map((text) => foldedText(plainPrint(text)));
  const [first, ...others] = printedDates(folded).filter(({ text, start }) => text === 0 && start === 6);
  expect(first?.isOpen).toBe(others.length > 0);
  return others.length > 0 ? others.length + 1 : (first?.date ?? 0);
}

const MARCH = "2026-03-05";
const MAY = "2026-05-03";

describe("the order of day and month", () => {
  it.each([
    ["another date with a day above 12", ["Delivered 28/02/2026"], MARCH],
    ["another date with a month in second place", ["Delivered 02/28/2026"], MAY],
    ["the same date in words", ["Berlin, 5 March 2026"], MARCH],
    ["the same date as ISO 8601 has it", ["2026-05-03"], MAY],
    ["that it is due later", ["Due date: 04/04/2026"], MARCH],
    ["that it is due later, in American order", ["Due date: 06/02/2026"], MAY],
    ["terms of payment", ["30 days net", "Until 04/04/2026"], MARCH],
    ["terms of payment, in American order", ["Terms: net 30", "Until 06/02/2026"], MAY],
    ["terms in another language", ["Zahlbar innerhalb von 30 Tagen", "04/04/2026"], MARCH],
    ["commas before fractions", ["12,50", "1.250,00"], MARCH],
    ["the words for value added tax", ["VAT 20% 12.50"], MARCH],
    ["the words for value added tax in another language", ["MwSt. 19% 12.50"], MARCH],
    ["an account number", ["IBAN GB29 NWBK 6016 1331 9268 19"], MARCH],
    ["a tax number of India", ["GSTIN 27AAPFU0939F1ZV"], MARCH],
    ["a tax number of India, beside the tax", ["GSTIN 27AAPFU0939F1ZV", "GST %"], MARCH],
    ["a company number of Australia", ["ABN 51 824 753 556", "GST 10% 96.00"], MARCH],
    ["a currency whose country has this tax", ["GST 15%", "Total NZD 115.00"], MARCH],
    ["what an Italian paper is called", ["Documento di trasporto n. 6604"], MARCH],
    ["what a date is called in Spanish", ["Albarán 311", "Fecha"], MARCH],
    ["sales tax", ["Sales tax 8.25% 12.50"], MAY],
    ["an address with a state", ["2200 Mill Plain Blvd, Vancouver, WA 98661"], MAY],
    ["a number of the American tax office", ["EIN 12-3456789"], MAY],
  ])("is told by %s", (_what, texts, date) => {
    expect(meant(texts)).toBe(date);
  });

  it.each([
    ["nothing", []],
    ["points before fractions", ["12.50", "1,250.00"]],
    ["dates in both orders", ["28/02/2026", "02/28/2026"]],
    ["words of two countries", ["VAT no. GB 123 4567 82", "Sold to: Austin, TX 78701"]],
    ["a tax that Canada has as well", ["GST 5% 12.50"]],
    ["a word that is written as a number is called", ["Bitte senden Sie ein Exemplar zurück"]],
    ["words of a language, and an address with a state", ["Factura 4711", "Austin, TX 78701"]],
    ["words of a language, and the taxes of a country that has both orders", ["Facture 4711", "TPS 5 %", "TVQ"]],
    ["words of a country that has both orders", ["GST/HST 123456789 RT0001", "VAT"]],
    ["terms that both orders satisfy", ["in 31 days, or in 1 day for less", "06/03/2026"]],
    ["a due date that is later in both orders", ["Due date: 05/04/2026"]],
  ])("is not told by %s", (_what, texts) => {
    expect(meant(texts)).toBe(2);
  });

  it("does not matter where day and month are the same, or where only one is a date", () => {
    expect(printedDates(["05/05/2026"])).toMatchObject([{ date: "2026-05-05", isOpen: false }]);
    expect(printedDates(["28/02/2026"])).toMatchObject([{ date: "2026-02-28", isOpen: false }]);
  });
});
