import type { GroundedField, Grounding } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { checkGrounding } from "./check-grounding.ts";

// Real: the check. Grounding itself is not involved.

function grounding(
  fields: Readonly<Record<string, GroundedField["grounded"]>>,
  unmatched: number | null = 0,
): Grounding {
  return {
    text_layer: true,
    score: "0.5",
    fields: Object.entries(fields).map(([path, grounded]) => ({ path, grounded })),
    unmatched_amounts: unmatched,
  };
}

const TOTALS = ["net", "allowances", "charges", "tax_basis", "tax", "gross", "prepaid", "rounding", "due", "packages"];
TOTALS.push("net_weight/value", "gross_weight/value", "volume/value", "tax_by_rate/3/basis", "tax_by_rate/3/amount");
const LINE_VALUES = ["quantity", "packages", "net_weight/value", "gross_weight/value"];
const IDENTITY = ["document_number", "document_date", "due_date", "currency", "payment/iban", "payment/bic"];
IDENTITY.push("vendor/name", "vendor/street", "buyer/postal_code", "ship_to/city", "carrier/name");
IDENTITY.push("vendor/tax_ids/0/value", "buyer/tax_ids/9/value");
const REFERENCES = ["purchase_order_numbers/11", "contract_number", "delivery_note_number", "shipment_number"];
REFERENCES.push("container_numbers/0", "seal_numbers/2", "vessel", "voyage", "port_of_loading", "incoterm");
const LINE_TEXTS = ["description", "seller_item_number", "buyer_item_number", "gtin", "hs_code", "batch"];

function findings(
  fields: Readonly<Record<string, GroundedField["grounded"]>>,
  {
    unmatched = 0,
    misplaced = [],
  }: { readonly unmatched?: number | null; readonly misplaced?: readonly string[] } = {},
) {
  return checkGrounding(grounding(fields, unmatched), new Set(misplaced));
}

describe("checkGrounding", () => {
  it.each(TOTALS)("finds total_not_on_page for %s", (total) => {
    const path = `/totals/${total}`;
    expect(findings({ [path]: "absent" })).toEqual([{ rule: "total_not_on_page", path }]);
    expect(findings({ [path]: "page" })).toEqual([]);
    expect(findings({ [path]: "not_checkable" })).toEqual([]);
  });

  it("finds line_amount_not_on_page for each such line", () => {
    const fields = { "/lines/0/amount": "absent", "/lines/1/amount": "page", "/lines/12/amount": "absent" } as const;
    expect(findings(fields)).toEqual([
      { rule: "line_amount_not_on_page", path: "/lines/0/amount" },
      { rule: "line_amount_not_on_page", path: "/lines/12/amount" },
    ]);
  });

  it.each([
    ...LINE_VALUES.map((field) => ["line_value_not_on_page", `/lines/31/${field}`]),
    ...LINE_TEXTS.map((field) => ["line_text_not_on_page", `/lines/7/${field}`]),
    ...IDENTITY.map((field) => ["identity_not_on_page", `/${field}`]),
    ...REFERENCES.map((field) => ["reference_not_on_page", `/references/${field}`]),
    ["extra_field_not_on_page", "/extra/0/value"],
  ])("finds %s for %s", (rule, path) => {
    expect(findings({ [path]: "absent" })).toEqual([{ rule, path }]);
    expect(findings({ [path]: "not_checkable" })).toEqual([]);
  });

  it.each([
    ["line_text_misplaced", "/lines/3/description"],
    ["value_mislabelled", "/document_number"],
    ["value_mislabelled", "/due_date"],
    ["value_mislabelled", "/references/purchase_order_numbers/0"],
    ["value_mislabelled", "/references/port_of_loading"],
    ["value_mislabelled", "/totals/net_weight/value"],
    ["party_misplaced", "/buyer/tax_ids/0/value"],
    ["party_misplaced", "/ship_to/name"],
    ["party_misplaced", "/vendor/street"],
  ])("finds %s, and nothing else, for %s that is printed as something else", (rule, path) => {
    expect(findings({ [path]: "absent" }, { misplaced: [path] })).toEqual([{ rule, path }]);
  });

  it.each(["lines/0/position", "lines/0/unit_price", "totals/tax_by_rate/0/rate"])(
    "leaves %s to the reader of the payload",
    (path) => {
      expect(findings({ [`/${path}`]: "absent" })).toEqual([]);
    },
  );

  it("finds amounts_not_extracted once, however many there are", () => {
    const found = [{ rule: "amounts_not_extracted", path: "/lines" }];
    expect(findings({}, { unmatched: 1 })).toEqual(found);
    expect(findings({}, { unmatched: 17 })).toEqual(found);
    expect(findings({}, { unmatched: 0 })).toEqual([]);
    expect(findings({}, { unmatched: null })).toEqual([]);
  });
});
