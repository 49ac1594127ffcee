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
const IDENTITY = [
  "document_number",
  "document_date",
  "due_date",
  "currency",
  "vendor/name",
  "buyer/name",
  "payment/iban",
];

describe("checkGrounding", () => {
  it.each(TOTALS)("finds total_not_on_page for %s", (total) => {
    const path = `/totals/${total}`;
    expect(checkGrounding(grounding({ [path]: "absent" }))).toEqual([{ rule: "total_not_on_page", path }]);
    expect(checkGrounding(grounding({ [path]: "page" }))).toEqual([]);
    expect(checkGrounding(grounding({ [path]: "not_checkable" }))).toEqual([]);
  });

  it("finds line_amount_not_on_page for each such line", () => {
    const fields = { "/lines/0/amount": "absent", "/lines/1/amount": "page", "/lines/12/amount": "absent" } as const;
    expect(checkGrounding(grounding(fields))).toEqual([
      { rule: "line_amount_not_on_page", path: "/lines/0/amount" },
      { rule: "line_amount_not_on_page", path: "/lines/12/amount" },
    ]);
  });

  it.each([
    ...LINE_VALUES.map((field) => ["line_value_not_on_page", `/lines/31/${field}`]),
    ...IDENTITY.map((field) => ["identity_not_on_page", `/${field}`]),
  ])("finds %s for %s", (rule, path) => {
    expect(checkGrounding(grounding({ [path]: "absent" }))).toEqual([{ rule, path }]);
    expect(checkGrounding(grounding({ [path]: "not_checkable" }))).toEqual([]);
  });

  it.each(["vendor/street", "lines/0/description", "lines/0/unit_price", "totals/tax_by_rate/0/rate", "carrier/name"])(
    "leaves %s to the reader of the payload",
    (path) => {
      expect(checkGrounding(grounding({ [`/${path}`]: "absent" }))).toEqual([]);
    },
  );

  it("finds amounts_not_extracted once, however many there are", () => {
    const found = [{ rule: "amounts_not_extracted", path: "/lines" }];
    expect(checkGrounding(grounding({}, 1))).toEqual(found);
    expect(checkGrounding(grounding({}, 17))).toEqual(found);
    expect(checkGrounding(grounding({}, 0))).toEqual([]);
    expect(checkGrounding(grounding({}, null))).toEqual([]);
  });
});
