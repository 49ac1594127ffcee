import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { lineWith } from "../../testing/sample-facts.ts";
import { isSetAsCode } from "./line-codes.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`.

const LINE = lineWith({
  seller_item_number: "IM-712/A2A",
  buyer_item_number: "BR-4529-ZF",
  gtin: "4006381333931",
  hs_code: "8481.80.19",
  description: "Gate valve",
});

function isSet(field: keyof typeof LINE, ...rows: readonly string[]): boolean {
  return isSetAsCode(LINE, field, printedPages(rows));
}

describe("isSetAsCode", () => {
  it.each([
    ["with other marks", "hs_code", ["84818019"]],
    ["with spaces", "gtin", ["4 006381 333931"]],
    ["before another code", "buyer_item_number", ["BR-4529-ZFIM-712/A2A"]],
    ["behind another code, in two rows", "seller_item_number", ["1|BR-4529-ZFIM-712", "|/A2A"]],
    ["in two rows, with a text between them", "seller_item_number", ["IM-712 Gate valve", "/A2A DN 20"]],
  ] as const)("sees a code that is printed %s", (_how, field, rows) => {
    expect(isSet(field, ...rows)).toBe(true);
  });

  it.each([
    ["as a part of another", "gtin", ["40063813339310"]],
    ["with other digits", "seller_item_number", ["BR-4529-ZFIM-721", "/A2A"]],
    ["in part", "seller_item_number", ["IM-712"]],
    ["nowhere, being no code", "description", ["Gate", "valve"]],
  ] as const)("does not see one that is printed %s", (_how, field, rows) => {
    expect(isSet(field, ...rows)).toBe(false);
  });
});
