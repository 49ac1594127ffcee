import { describe, expect, it } from "vitest";
import { printedPages } from "../testing/printed-pages.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { checkWeightUnits } from "./check-weight-units.ts";

/** The findings for a document with these rows, whose weights are all read in this unit. */
function found(unit: string | null, ...rows: readonly string[]): string[] {
  const { totals } = factsWith({});
  const facts = factsWith({
    lines: [lineWith({ net_weight: { value: "1250.5", unit } })],
    totals: { ...totals, gross_weight: { value: "1400", unit } },
  });
  return checkWeightUnits(facts, printedPages(rows)).map(({ rule, path }) => `${rule} ${path}`);
}

const FOUND = ["total_not_on_page /totals/gross_weight/unit", "line_value_not_on_page /lines/0/net_weight/unit"];

describe("the unit of a weight", () => {
  it.each([
    ["behind the number", "Net | 1,250.5 kg"],
    ["in the heading", "Weight (kg) | 1,250.5"],
    ["as a word", "Gross weight in kilograms | 1,400"],
    ["in capitals", "GROSS WEIGHT KGS | 1400"],
  ])("is another than the one that is printed %s", (_where, row) => {
    expect(found("TNE", row)).toEqual(FOUND);
    expect(found("LBR", row)).toEqual(FOUND);
    expect(found("KGM", row)).toEqual([]);
  });

  it("may be any of those that are printed", () => {
    expect(found("LBR", "Net | 1,250.5 kg | 2,756.9 lbs")).toEqual([]);
    expect(found("TNE", "Net | 1,250.5 kg", "Gross | 1.4 t")).toEqual([]);
  });

  it("is not judged where the page prints none, nor when it is none of mass", () => {
    expect(found("TNE", "Weight | 1,250.5", "from Hamburg to Bremen")).toEqual([]);
    expect(found("MTQ", "Net | 1,250.5 kg")).toEqual([]);
    expect(found(null, "Net | 1,250.5 kg")).toEqual([]);
  });
});
