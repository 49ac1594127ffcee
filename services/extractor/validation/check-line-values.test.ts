import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { checkLineValues } from "./check-line-values.ts";

// Real: the check. Pure.

const TOTALS = factsWith({}).totals;
const KILO = { value: "1", unit: "kg" };

function found(document_type: Facts["document_type"], line: Partial<Line>, totals: Partial<Facts["totals"]> = {}) {
  const lines = [lineWith({ quantity: "1", amount: "1.00" }), lineWith({ description: "Crates", ...line })];
  return checkLineValues(factsWith({ document_type, lines, totals: { ...TOTALS, ...totals } }));
}

describe("line_amount_missing", () => {
  const missing = [{ rule: "line_amount_missing", path: "/lines/1/amount" }];

  it.each(["invoice", "credit_note"] as const)("is found in a %s, whatever else the line states", (type) => {
    expect(found(type, {})).toEqual(missing);
    expect(found(type, { quantity: "2", unit_price: "3.00" })).toEqual(missing);
    expect(found(type, { amount: "0.00" })).toEqual([]);
  });

  it.each(["purchase_order", "order_confirmation"] as const)("is found in a %s with a total", (type) => {
    expect(found(type, { quantity: "2" }, { net: "1.00" })).toEqual(missing);
    expect(found(type, { quantity: "2" })).toEqual([]);
  });

  it("is found for every line that states nothing", () => {
    const bare = invoiceFacts(({ lines }) => lines.splice(0, lines.length, lineWith({}), lineWith({})));
    expect(checkLineValues(bare).map(({ path }) => path)).toEqual(["/lines/0/amount", "/lines/1/amount"]);
    expect(checkLineValues(invoiceFacts())).toEqual([]);
  });
});

describe("line_quantity_missing", () => {
  const missing = [{ rule: "line_quantity_missing", path: "/lines/1/quantity" }];

  it.each(["packing_list", "delivery_note", "bill_of_lading", "purchase_order", "order_confirmation"] as const)(
    "is found in a %s where nothing is counted or weighed",
    (type) => {
      expect(found(type, {})).toEqual(missing);
      for (const stated of [{ quantity: "2" }, { packages: "2" }, { net_weight: KILO }, { gross_weight: KILO }]) {
        expect(found(type, stated)).toEqual([]);
      }
    },
  );

  it("is not found where a bill of lading states what is shipped for the whole", () => {
    expect(found("bill_of_lading", {}, { packages: "4" })).toEqual([]);
    expect(found("bill_of_lading", {}, { gross_weight: KILO })).toEqual([]);
  });

  it("is not found in a document of no known type", () => {
    expect(found("other", {})).toEqual([]);
  });
});
