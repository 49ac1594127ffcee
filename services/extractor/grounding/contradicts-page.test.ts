import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../testing/printed-pages.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { contradictsPage, hasTotals, isComparable } from "./contradicts-page.ts";

// Real: everything. Pure functions. How often they are right is measured in `faults.test.ts`.

type Stated = Partial<Facts["totals"]> & { readonly currency?: string; readonly lines?: readonly string[] };

function factsOf({ currency = "EUR", lines = [], ...totals }: Stated): Facts {
  const stated = lines.map((amount) => lineWith({ amount }));
  return factsWith({ currency, lines: stated, totals: { ...factsWith({}).totals, ...totals } });
}

function contradicts(rows: readonly string[], stated: Stated): boolean {
  return contradictsPage(factsOf(stated), printedPages(rows));
}

describe("contradictsPage", () => {
  it("is false when the page prints the totals", () => {
    expect(
      contradicts(["Total|1.190,00", "Prepaid|190,00", "To pay|1.000,00"], { gross: "1190.00", due: "1000.00" }),
    ).toBe(false);
  });

  it.each([
    ["the gross total", { gross: "1190.01", due: "1000.00" }],
    ["what is to be paid", { gross: "1190.00", due: "1000.01" }],
  ])("is true when %s is another", (_which, stated) => {
    expect(contradicts(["Total|1.190,00", "To pay|1.000,00"], stated)).toBe(true);
  });

  it("is false when nothing is left to pay, or nothing is stated", () => {
    expect(contradicts(["Total|1.190,00", "paid"], { gross: "1190.00", due: "0.00" })).toBe(false);
    expect(contradicts(["Total|1.190,00"], {})).toBe(false);
  });

  it("is false when the page prints no amounts: a letter around the data, or a scan with a stamp", () => {
    expect(contradicts(["Dear customer, your invoice 4711 is attached."], { gross: "1190.00" })).toBe(false);
  });

  it("is true when the page prints its total without cents, and it is another", () => {
    expect(contradicts(["Invoice 4711", "Total due|1.250"], { gross: "1190.00" })).toBe(true);
    expect(contradicts(["Invoice 4711", "Gesamtbetrag EUR 1250"], { gross: "1190.00" })).toBe(true);
    expect(contradicts(["Invoice 4711", "Total due|1.190"], { gross: "1190.00" })).toBe(false);
    expect(contradicts(["Total as in enclosure 2"], { gross: "1190.00" })).toBe(false);
  });

  const PAGE = ["Your limit|5.000,00", "Crates|60,00", "Pallets|40,00", "Net|100,00", "VAT 19 %|19,00", "Total|119,00"];

  it.each([
    ["an amount that is printed as something else", { gross: "5000.00", due: "5000.00" }],
    ["the amount of a line", { gross: "60.00", due: "60.00", lines: ["60.00"] }],
    ["the total without tax", { net: "100.00", gross: "100.00", lines: ["60.00", "40.00"] }],
    ["a total whose parts are not printed", { tax_basis: "4201.68", tax: "798.32", gross: "5000.00" }],
    [
      "less to pay, by an amount that is printed as a line",
      { tax: "19.00", gross: "119.00", due: "60.00", lines: ["60.00"] },
    ],
  ])("is true when the data states %s", (_what, stated) => {
    expect(contradicts(PAGE, stated)).toBe(true);
  });

  it("is true when the greatest of several totals is another", () => {
    expect(contradicts(["Total of goods|60,00", "Grand total|119,00"], { gross: "60.00" })).toBe(true);
    expect(contradicts(["Total of goods|60,00", "Grand total|119,00"], { gross: "119.00" })).toBe(false);
  });

  it("needs no word for a total that its tax, or its lines, add up to", () => {
    const page = ["Crates|60,00", "Pallets|40,00", "Neto|100,00", "PVM 21 %|21,00", "Iš viso|121,00"];
    expect(contradicts(page, { tax_basis: "100.00", tax: "21.00", gross: "121.00" })).toBe(false);
    expect(contradicts(page.slice(0, 2).concat("Iš viso|100,00"), { gross: "100.00", lines: ["60", "40"] })).toBe(
      false,
    );
    expect(contradicts(["Iš viso|100,00", "Limitas|60,00"], { gross: "60.00", lines: ["60"] })).toBe(true);
  });

  it("takes a word above an amount for its label where none stands before one", () => {
    expect(contradicts(["|Total TTC", "|119,00"], { gross: "119.00" })).toBe(false);
    expect(contradicts(["|Prix", "|119,00"], { gross: "119.00" })).toBe(true);
  });

  it.each([
    ["by its code", ["Currency: USD", "Total|119,00"]],
    ["by the sign of the total", ["Account: EUR", "Total|$ 119.00"]],
    ["by the code beside the total", ["Account: EUR", "Total|119.00|USD"]],
  ])("is true when the page is in another currency, %s", (_how, page) => {
    expect(contradicts(page, { gross: "119.00" })).toBe(true);
    expect(contradicts(page, { gross: "119.00", currency: "USD" })).toBe(false);
  });

  describe("the sign of an invoice's total", () => {
    const total = (
      page: string,
      gross: string,
      document_type: Facts["document_type"] = "invoice",
      title = "Invoice 4711",
    ) =>
      contradictsPage(
        { ...factsOf({ gross, due: gross }), document_type, document_number: "4711" },
        printedPages([title, `Total|${page}`]),
      );

    it("is the page's", () => {
      expect([total("119.00", "119.00"), total("-119.00", "-119.00")]).toEqual([false, false]);
      expect([total("119.00", "-119.00"), total("-119.00", "119.00")]).toEqual([true, true]);
    });

    it("may be missing from a page whose title says that it is a credit", () => {
      expect(total("119.00", "-119.00", "invoice", "Credit note 4711")).toBe(false);
      expect([total("119.00", "-119.00", "credit_note"), total("-119.00", "119.00", "credit_note")]).toEqual([
        false,
        false,
      ]);
    });

    it("is not that of a code in brackets", () => {
      expect(total("380.00", "-380.00", "invoice", "Commercial invoice (380) 4711")).toBe(true);
    });
  });

  it("is false when the page names no currency, or the data does not", () => {
    expect(contradicts(["Total|119,00"], { gross: "119.00" })).toBe(false);
    expect(contradictsPage({ ...factsOf({ gross: "119.00" }), currency: null }, printedPages(PAGE))).toBe(false);
  });

  it("reads amounts as their currency is written", () => {
    expect(contradicts(["Total|¥ 1,234"], { gross: "1234", currency: "JPY" })).toBe(false);
    expect(contradicts(["Total|¥ 1,234"], { gross: "1.234", currency: "JPY" })).toBe(true);
    expect(contradicts(["Total|KD 1.234"], { gross: "1234.000", currency: "KWD" })).toBe(true);
  });
});

describe("isComparable", () => {
  const comparable = (row: string, stated: Stated) => isComparable(factsOf(stated), printedPages([row]));

  it("is false for a page without amounts", () => {
    expect(comparable("Dear customer, your invoice 4711 is attached.", { gross: "119.00" })).toBe(false);
    expect(comparable("Total|119,00", { gross: "119.00" })).toBe(true);
    expect(comparable("Total|119", { gross: "119.00" })).toBe(true);
  });

  it("is true for data without totals, which no page contradicts", () => {
    expect(comparable("2 crates", {})).toBe(true);
    expect([hasTotals(factsOf({})), hasTotals(factsOf({ due: "1.00" }))]).toEqual([false, true]);
  });
});
