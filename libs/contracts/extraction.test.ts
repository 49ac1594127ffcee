import { describe, expect, it } from "vitest";
import { erpPayloadSchema } from "./erp-payload.ts";
import { EXTRACTION_MAX_LINES, EXTRACTION_SCHEMA_VERSION, extractionSchema } from "./extraction.ts";

/* Real: the schemas of the extraction and of the ERP payload. Doubled: the extraction, a small made-up one. */

const line = {
  position: "1",
  item_number: "A-100",
  description: "Bolts, galvanised",
  quantity: "100",
  unit: "C62",
  unit_price: "0.125",
  amount: "12.50",
  weight: { value: "3.2", unit: "kg" },
};

const party = {
  name: "Supplier GmbH",
  street: "Hauptstraße 1",
  postal_code: "10115",
  city: "Berlin",
  country: "DE",
  tax_id: "DE123456789",
};

const extraction = {
  schema_version: EXTRACTION_SCHEMA_VERSION,
  document_type: "invoice",
  document_number: "RE-1",
  document_date: "2026-11-23",
  purchase_order_number: null,
  currency: "EUR",
  vendor: party,
  buyer: null,
  lines: [line],
  totals: { net: "12.50", tax: "2.38", gross: "14.88", due: "14.88", net_weight: null, gross_weight: null },
};

const accepts = (value: unknown) => extractionSchema.safeParse(value).success;

/** A document of which nothing could be read. */
const empty = {
  ...extraction,
  document_number: null,
  document_date: null,
  currency: null,
  vendor: null,
  lines: [],
  totals: { net: null, tax: null, gross: null, due: null, net_weight: null, gross_weight: null },
};

describe("an extraction", () => {
  it("is accepted when complete, and when the document states nothing", () => {
    expect(extractionSchema.safeParse(extraction).error).toBeUndefined();
    expect(extractionSchema.safeParse(empty).error).toBeUndefined();
  });

  it("has every field present: null says that the document does not state it, absence says nothing", () => {
    for (const name of Object.keys(extraction)) {
      const { [name as keyof typeof extraction]: _, ...rest } = extraction;
      expect(accepts(rest), name).toBe(false);
    }
  });

  it("has no other fields, at any depth", () => {
    expect(accepts({ ...extraction, note: "x" })).toBe(false);
    expect(accepts({ ...extraction, vendor: { ...party, iban: "x" } })).toBe(false);
    expect(accepts({ ...extraction, lines: [{ ...line, note: "x" }] })).toBe(false);
    expect(accepts({ ...extraction, totals: { ...extraction.totals, discount: "1" } })).toBe(false);
  });

  it.each(["quantity", "unit_price", "amount"])("keeps a line's %s as a decimal string, never a number", (field) => {
    expect(accepts({ ...extraction, lines: [{ ...line, [field]: 12.5 }] })).toBe(false);
    expect(accepts({ ...extraction, lines: [{ ...line, [field]: "12,5" }] })).toBe(false);
    expect(accepts({ ...extraction, lines: [{ ...line, [field]: null }] })).toBe(true);
  });

  it.each([
    ["document_date", "23.11.2026"],
    ["document_date", "2026-02-30"],
    ["currency", "€"],
    ["currency", "eur"],
    ["document_type", "receipt"],
    ["document_number", ""],
    ["document_number", "x".repeat(513)],
    ["schema_version", "2.0"],
  ])("refuses %s %j", (field, value) => {
    expect(accepts({ ...extraction, [field]: value })).toBe(false);
  });

  it("is bounded in its lines and texts, because a hostile answer meets these bounds first", () => {
    expect(accepts({ ...extraction, lines: Array.from({ length: EXTRACTION_MAX_LINES }, () => line) })).toBe(true);
    expect(accepts({ ...extraction, lines: Array.from({ length: EXTRACTION_MAX_LINES + 1 }, () => line) })).toBe(false);
    expect(accepts({ ...extraction, lines: [{ ...line, description: "x".repeat(4_097) }] })).toBe(false);
  });
});

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
