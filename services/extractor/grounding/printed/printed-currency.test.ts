import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { isOtherCurrency, isPrintedCurrency } from "./printed-currency.ts";

// Real: everything. The total is 119.00.

function found(currency: string | null, ...rows: readonly string[]) {
  const facts = factsWith({ currency, totals: { ...factsWith({}).totals, gross: "119.00" } });
  const printed = printedPages(rows);
  return { is: isPrintedCurrency(facts, printed), other: isOtherCurrency(facts, printed) };
}

describe("the currency of a document", () => {
  it.each([
    ["EUR", "Total|119,00", "Currency: EUR"],
    ["EUR", "Total|119,00 €", ""],
    ["USD", "Total|$ 119.00", "Pay to our account in EUR"],
    ["USD", "Total|USD|119.00", ""],
    ["CAD", "Total|$119.00", "All prices in CAD"],
    ["SEK", "Summa|119,00|kr", ""],
    ["KWD", "Total|KD 119.000", ""],
    ["MYR", "Total|RM119.00", ""],
    ["IDR", "Total|Rp 119,00", ""],
    ["KES", "Total|KSh119.00", ""],
    ["BWP", "Total|P119.00", ""],
    ["ZAR", "Total|R 119,00", ""],
    ["PEN", "Total|S/ 119.00", ""],
    ["TRY", "Toplam|119,00 TL", ""],
  ])("is %s by: %s %s", (currency, ...rows) => {
    expect(found(currency, ...rows)).toEqual({ is: true, other: false });
  });

  it.each([
    ["USD", "Total|119,00", "Currency: EUR"],
    ["USD", "Total|119,00 €", ""],
    ["EUR", "Total|$ 119.00", "Pay to our account in EUR"],
    ["USD", "Total|$119.00", "All prices in CAD"],
    ["EUR", "Total|119.00|USD", "EUR"],
  ])("is another than %s by: %s %s", (currency, ...rows) => {
    expect(found(currency, ...rows)).toEqual({ is: false, other: true });
  });

  it("is not known where nothing says it, or where words only look like codes", () => {
    expect(found("EUR", "Total|119,00")).toEqual({ is: false, other: false });
    expect(found("EUR", "Total|119,00", "Please try our new chf-free cream")).toEqual({ is: false, other: false });
    expect(found(null, "Total|119,00 €")).toEqual({ is: false, other: false });
  });
});
