import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { mislabelledMeasures } from "./mislabelled-measures.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `faults.test.ts`.

const kg = (value: string) => ({ value, unit: "kg" });
const TRUE = { packages: "24", net_weight: kg("790"), gross_weight: kg("812.5") };

function mislabelled(rows: readonly string[], totals: Partial<Facts["totals"]>): readonly string[] {
  const facts = factsWith({ totals: { ...factsWith({}).totals, ...totals } });
  return mislabelledMeasures(facts, printedPages(rows));
}

describe("mislabelledMeasures", () => {
  it.each([
    ["before them", ["Cartons: 24", "Net weight: 790.0 kg", "Gross weight: 812.5 kg"]],
    ["behind them", ["24 cartons", "790.0 kg net, 812.5 kg gross"]],
    ["beside them, in German", ["Packstücke|24", "Nettogewicht|790,0 kg", "Bruttogewicht|812,5 kg"]],
    ["above them, in French", ["Nombre de colis :|Poids net total kg|Poids brut total kg", "24|790,0|812,5"]],
    ["in a sentence, in Italian", ["Colli 24, peso netto kg 790,0, peso lordo kg 812,5"]],
    ["in Spanish", ["Bultos: 24", "Peso neto: 790,0 kg", "Peso bruto: 812,5 kg"]],
    [
      "over the column they are the sum of",
      ["Item|Number of packages|Net weight, kilos|Gross weight, kilos", "A|20|700|720", "Total|24|790,0|812,5"],
    ],
  ])("knows weights and packages by the words %s", (_where, rows) => {
    expect(mislabelled(rows, TRUE)).toEqual([]);
    expect(mislabelled(rows, { net_weight: kg("812.5") })).toEqual(["/totals/net_weight/value"]);
    expect(mislabelled(rows, { gross_weight: kg("790") })).toEqual(["/totals/gross_weight/value"]);
    expect(mislabelled(rows, { packages: "790" })).toEqual(["/totals/packages"]);
  });

  it("says nothing where one place has no words, or the words of both", () => {
    expect(mislabelled(["Gross weight: 812.5", "812.5"], { net_weight: kg("812.5") })).toEqual([]);
    expect(mislabelled(["Net weight = gross weight: 812.5"], { net_weight: kg("812.5") })).toEqual([]);
  });
});
