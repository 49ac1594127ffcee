import { describe, expect, it } from "vitest";
import { erpPayloadSchema } from "./erp-payload.ts";
import { EXTRACTION_SCHEMA_VERSION, type Extraction, extractionSchema } from "./extraction.ts";
import { extractionFactsSchema, FACTS_LIMITS } from "./extraction-facts.ts";

/* Real: the schemas of the facts, the extraction and the ERP payload. Doubled: the extraction, a small made-up one. */

const line: Extraction["lines"][number] = {
  position: "1",
  seller_item_number: "A-100",
  buyer_item_number: null,
  gtin: "4006381333931",
  hs_code: "7318.15",
  description: "Bolts, galvanised",
  quantity: "100",
  unit: "C62",
  unit_code: "C62",
  unit_price: "12.50",
  price_base_quantity: "100",
  discount_amount: "-0.50",
  tax_rate: "19",
  amount: "13.00",
  net_weight: { value: "3.2", unit: "kg", unit_code: "KGM" },
  gross_weight: null,
  packages: "1",
  origin_country: "DK",
  batch: null,
};

const party: NonNullable<Extraction["vendor"]> = {
  name: "Supplier GmbH",
  street: "Hauptstraße 1",
  postal_code: "10115",
  city: "Berlin",
  country: "DE",
  tax_ids: [{ scheme: "vat", value: "DE123456789" }],
};

const extraction: Extraction = {
  schema_version: EXTRACTION_SCHEMA_VERSION,
  document_type: "invoice",
  document_number: "RE-1",
  document_date: "2026-11-23",
  due_date: "2026-12-23",
  references: {
    purchase_order_numbers: ["PO-1"],
    contract_number: null,
    delivery_note_number: null,
    shipment_number: null,
    container_numbers: ["CSQU3054383"],
    seal_numbers: [],
    vessel: null,
    voyage: null,
    port_of_loading: null,
    port_of_discharge: null,
    incoterm: "FOB",
    incoterm_place: "Hamburg",
  },
  currency: "EUR",
  payment: { iban: "DE89370400440532013000", bic: null },
  vendor: party,
  buyer: null,
  ship_to: null,
  carrier: null,
  lines: [line],
  totals: {
    net: "13.00",
    allowances: null,
    charges: null,
    tax_basis: "13.00",
    tax: "2.47",
    tax_by_rate: [{ rate: "19", category: "S", basis: "13.00", amount: "2.47" }],
    gross: "15.47",
    prepaid: null,
    withheld: null,
    rounding: null,
    due: "15.47",
    net_weight: null,
    gross_weight: null,
    packages: null,
    volume: { value: "0.2", unit: "m³", unit_code: "MTQ" },
  },
  extra: [{ name: "cost_centre", value: "4711" }],
  validation: {
    status: "warnings",
    issues: [{ rule: "line_amount_differs", severity: "warning", path: "/lines/0/amount" }],
  },
  grounding: {
    text_layer: true,
    score: "0.9375",
    fields: [
      { path: "/document_number", grounded: "page" },
      { path: "/lines/0/net_weight/value", grounded: "absent" },
      { path: "/currency", grounded: "not_checkable" },
    ],
    unmatched_amounts: 0,
  },
  spreadsheet_formulas: ["/lines/0/description"],
};

const accepts = (value: unknown) => extractionSchema.safeParse(value).success;

/** A document of which nothing could be read. */
const empty = {
  ...extraction,
  document_number: null,
  document_date: null,
  due_date: null,
  currency: null,
  payment: { iban: null, bic: null },
  vendor: null,
  lines: [],
  totals: { ...Object.fromEntries(Object.keys(extraction.totals).map((name) => [name, null])), tax_by_rate: [] },
  extra: [],
  grounding: { text_layer: false, score: null, fields: [], unmatched_amounts: null },
};

/** Every object of a value, with the path that leads to it. */
function objectsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([name, child]) => objectsIn(child, [...path, name]));
  return Array.isArray(value) ? inside : [path, ...inside];
}

/** A copy in which the object at `path` is replaced by what `change` makes of it. */
function changedAt(
  value: unknown,
  [step, ...rest]: readonly string[],
  change: (object: Record<string, unknown>) => unknown,
): unknown {
  if (step === undefined) return change({ ...Object(value) });
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === step ? changedAt(item, rest, change) : item));
  return { ...Object(value), [step]: changedAt(Object(value)[step], rest, change) };
}

describe("an extraction", () => {
  it("is accepted when complete, and when the document states nothing", () => {
    expect(extractionSchema.safeParse(extraction).error).toBeUndefined();
    expect(extractionSchema.safeParse(empty).error).toBeUndefined();
  });

  it("has every field present: null says that the document does not state it, absence says nothing", () => {
    for (const path of objectsIn(extraction)) {
      const object = path.reduce<unknown>((node, step) => Object(node)[step], extraction);
      for (const name of Object.keys(Object(object))) {
        const without = changedAt(extraction, path, ({ [name]: _, ...rest }) => rest);
        expect(accepts(without), [...path, name].join(".")).toBe(false);
      }
    }
  });

  it("has no other fields, at any depth", () => {
    const paths = objectsIn(extraction);
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      expect(accepts(changedAt(extraction, path, (object) => ({ ...object, note: "x" }))), path.join(".")).toBe(false);
    }
  });

  it.each(["quantity", "unit_price", "price_base_quantity", "discount_amount", "tax_rate", "amount", "packages"])(
    "keeps a line's %s as a decimal string, never a number",
    (field) => {
      expect(accepts({ ...extraction, lines: [{ ...line, [field]: 12.5 }] })).toBe(false);
      expect(accepts({ ...extraction, lines: [{ ...line, [field]: "12,5" }] })).toBe(false);
      expect(accepts({ ...extraction, lines: [{ ...line, [field]: null }] })).toBe(true);
    },
  );

  it.each([
    ["document_date", "23.11.2026"],
    ["due_date", "2026-02-30"],
    ["currency", "€"],
    ["currency", "eur"],
    ["document_type", "receipt"],
    ["document_number", ""],
    ["document_number", "x".repeat(513)],
    ["schema_version", "2.0"],
    ["extra", [{ name: "Cost Centre", value: "1" }]],
    ["vendor", { ...party, country: "Germany" }],
    ["vendor", { ...party, tax_ids: [{ scheme: "eori", value: "1" }] }],
    ["references", { ...extraction.references, incoterm: "Free on board" }],
    ["validation", { status: "fine", issues: [] }],
    ["validation", { status: "valid", issues: [{ rule: "made_up", severity: "error", path: "" }] }],
    ["grounding", { ...extraction.grounding, score: "1.5" }],
    ["grounding", { ...extraction.grounding, unmatched_amounts: -1 }],
  ])("refuses %s %j", (field, value) => {
    expect(accepts({ ...extraction, [field]: value })).toBe(false);
  });

  it.each(["", "/lines", "/lines/0/net_weight/value", "/totals/tax_by_rate/10/amount"])(
    "points to fields by names and indices: %j",
    (pointer) => {
      expect(accepts({ ...extraction, spreadsheet_formulas: [pointer] })).toBe(true);
    },
  );

  it.each(["lines", "/lines/01", "/lines/A-100", "/lines/0/", "/Invoice 4711", `/${"a".repeat(200)}`])(
    "has no room for a value in a pointer: %j",
    (pointer) => {
      expect(accepts({ ...extraction, spreadsheet_formulas: [pointer] })).toBe(false);
    },
  );

  it("is bounded in its lists and texts, because a hostile answer meets these bounds first", () => {
    const lines = (count: number) => ({ ...extraction, lines: Array.from({ length: count }, () => line) });
    expect(accepts(lines(FACTS_LIMITS.lines))).toBe(true);
    expect(accepts(lines(FACTS_LIMITS.lines + 1))).toBe(false);
    expect(accepts({ ...extraction, lines: [{ ...line, description: "x".repeat(4_097) }] })).toBe(false);
    expect(accepts({ ...extraction, payment: { iban: "x".repeat(65), bic: null } })).toBe(false);
    const containers = Array.from({ length: FACTS_LIMITS.references + 1 }, () => "CSQU3054383");
    expect(accepts({ ...extraction, references: { ...extraction.references, container_numbers: containers } })).toBe(
      false,
    );
  });

  it("describes each of its fields for those who read it, at any depth", () => {
    const silent: string[] = [];
    walk(extractionSchema.toJSONSchema(), "", silent);
    expect(silent).toEqual([]);
  });

  it("is the facts, each unit with its code, and what is known about them", () => {
    const { schema_version, validation, grounding, spreadsheet_formulas, ...coded } = extraction;
    const facts: unknown = JSON.parse(
      JSON.stringify(coded, (name, value) => (name === "unit_code" ? undefined : value)),
    );
    expect(extractionFactsSchema.safeParse(facts).error).toBeUndefined();
    expect(extractionFactsSchema.safeParse(extraction).success).toBe(false);
  });
});

/** Lists the properties of a JSON Schema that have no description. */
function walk(node: unknown, path: string, silent: string[]): void {
  if (typeof node !== "object" || node === null) return;
  for (const [name, property] of Object.entries(Object(node).properties ?? {})) {
    if (typeof Object(property).description !== "string") silent.push(`${path}/${name}`);
  }
  for (const [name, child] of Object.entries(node)) walk(child, `${path}/${name}`, silent);
}

describe("the ERP payload", () => {
  const payload = {
    type: "document.extracted",
    timestamp: "2026-11-23T20:31:17Z",
    data: {
      document_id: "018f6f2e-0000-7000-8000-000000000002",
      tenant_id: "acme",
      received_at: "2026-11-23T20:31:10Z",
      source: "sendgrid",
      extraction,
    },
  };

  it("holds the extraction and where it came from", () => {
    expect(erpPayloadSchema.safeParse(payload).error).toBeUndefined();
  });

  it("holds nothing else", () => {
    expect(erpPayloadSchema.safeParse({ ...payload, id: "x" }).success).toBe(false);
    expect(erpPayloadSchema.safeParse({ ...payload, data: { ...payload.data, sender_email: "a@b.c" } }).success).toBe(
      false,
    );
  });

  it("states times in UTC", () => {
    expect(erpPayloadSchema.safeParse({ ...payload, timestamp: "2026-11-23T20:31:17+01:00" }).success).toBe(false);
  });
});
