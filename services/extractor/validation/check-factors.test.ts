import type { Facts, Grounding } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { checkFactors } from "./check-factors.ts";

type TaxAtRate = Facts["totals"]["tax_by_rate"][number];

const LINE = { description: "Goods", quantity: "2", unit_price: "10.00", amount: "20.00", tax_rate: "19" };
const TAX: TaxAtRate = { rate: "19", category: null, basis: "20.00", amount: "3.80" };

/** The findings for a line and a tax, of which the page prints nothing. */
function findings(line: Partial<Facts["lines"][number]>, tax: Partial<TaxAtRate> = {}): string[] {
  const { totals } = factsWith({});
  const facts = factsWith({
    lines: [lineWith({ ...LINE, ...line })],
    totals: { ...totals, tax_by_rate: [{ ...TAX, ...tax }] },
  });
  const paths = [
    ...["unit_price", "price_base_quantity", "discount_amount", "tax_rate"].map((name) => `/lines/0/${name}`),
    "/totals/tax_by_rate/0/rate",
  ];
  const grounding: Grounding = {
    text_layer: true,
    score: null,
    unmatched_amounts: null,
    fields: paths.map((path) => ({ path, grounded: "absent" })),
  };
  return checkFactors(facts, grounding).map(({ rule, path }) => `${rule} ${path}`);
}

describe("a price, a discount or a rate that no page prints", () => {
  it("is confirmed by what is calculated with it", () => {
    expect(findings({ discount_amount: "1.00", price_base_quantity: "100" })).toEqual([]);
  });

  it("is found when what it would be calculated with was left out", () => {
    expect(findings({ quantity: null })).toEqual(["line_value_not_on_page /lines/0/unit_price"]);
    expect(findings({ amount: null, price_base_quantity: "100", discount_amount: "1.00" })).toEqual([
      "line_value_not_on_page /lines/0/unit_price",
      "line_value_not_on_page /lines/0/price_base_quantity",
      "line_value_not_on_page /lines/0/discount_amount",
    ]);
    expect(findings({}, { basis: null })).toEqual([
      "total_not_on_page /totals/tax_by_rate/0/rate",
      "line_value_not_on_page /lines/0/tax_rate",
    ]);
  });

  it("of a line is found when no confirmed tax has that rate", () => {
    expect(findings({ tax_rate: "7" })).toEqual(["line_value_not_on_page /lines/0/tax_rate"]);
    expect(findings({}, { rate: null })).toEqual(["line_value_not_on_page /lines/0/tax_rate"]);
  });

  it("is nothing to find when it is nothing", () => {
    expect(findings({ quantity: null, unit_price: "0", tax_rate: "0" }, { rate: "0.00", basis: null })).toEqual([]);
    expect(findings({ quantity: null, unit_price: null, tax_rate: null }, { rate: null })).toEqual([]);
  });
});
