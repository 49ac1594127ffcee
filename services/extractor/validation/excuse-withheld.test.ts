import { describe, expect, it } from "vitest";
import { printedPages } from "../testing/printed-pages.ts";
import { factsWith } from "../testing/sample-facts.ts";
import { excuseWithheld } from "./excuse-withheld.ts";
import { issuesOf } from "./finding.ts";

// Real: everything. A bill whose total with tax is less than it follows from, and pages that say why, or do not.

const facts = factsWith({
  currency: "EUR",
  totals: { ...factsWith({}).totals, tax_basis: "1000.00", tax: "210.00", gross: "1060.00" },
});
const differs = issuesOf([
  { rule: "gross_total_differs", path: "/totals/gross" },
  { rule: "date_implausible", path: "/document_date" },
]);

function excused(...rows: readonly string[]) {
  return excuseWithheld(differs, facts, printedPages(rows)).map(({ rule, severity }) => `${rule} ${severity}`);
}

describe("a total that does not balance", () => {
  it.each([
    "Retención IRPF 15 %|-150,00",
    "Ritenuta d'acconto|150,00",
    "Less withholding tax|(150.00)",
    "Retenue à la source|150,00",
  ])("is a warning of its own where the difference was withheld: %s", (row) => {
    expect(excused(row, "Total|1.060,00")).toEqual(["gross_less_withheld warning", "date_implausible warning"]);
  });

  it.each(["Rabatt|150,00", "Retención IRPF 15 %|-105,00", "Anzahlung|150,00"])(
    "is an error where the page says something else: %s",
    (row) => {
      expect(excused(row, "Total|1.060,00")).toEqual(["gross_total_differs error", "date_implausible warning"]);
    },
  );

  it("is an error where there is no page, and where the total is more", () => {
    expect(excuseWithheld(differs, facts, undefined)).toEqual(differs);
    const more = { ...facts, totals: { ...facts.totals, gross: "1360.00" } };
    expect(excuseWithheld(differs, more, printedPages(["IRPF|150,00"]))).toEqual(differs);
  });
});
