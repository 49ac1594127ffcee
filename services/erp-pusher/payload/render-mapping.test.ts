import { erpPayloadSchema, extractionSchema, pushRequestSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPayload } from "./build-payload.ts";
import { indexJson } from "./json-index.ts";
import { payloadMappingSchema } from "./mapping-schema.ts";
import { PAYLOAD_PLACES } from "./source-places.ts";
import { documentsOf } from "./testing/arbitrary-documents.ts";
import {
  mappingsOf,
  type WrittenField,
  type WrittenFields,
  type WrittenMapping,
} from "./testing/arbitrary-mappings.ts";

/*
 * Pure, with real GhostBytes and the real schema. Any extraction that the schema permits meets any mapping that it permits;
 * the expectation comes from a second reading of the mapping, over parsed objects.
 */

const REQUEST = pushRequestSchema.parse({
  document_id: "5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21",
  tenant_id: "acme",
  received_at: "2026-11-23T10:00:00.000Z",
  source: "sendgrid",
});
const DELIVERED_AT = new Date("2026-11-23T10:00:07.000Z");
const RUNS = 500;

async function textOfBody(written: unknown, extraction: unknown): Promise<string> {
  using content = GhostBytes.taking(Buffer.from(JSON.stringify(extraction)));
  using body = await buildPayload(REQUEST, content, DELIVERED_AT, { mapping: payloadMappingSchema.parse(written) });
  return body.view().toString("utf8");
}

async function mappedBody(written: unknown, extraction: unknown): Promise<unknown> {
  return JSON.parse(await textOfBody(written, extraction));
}

/** The mapping by the book: what docs/erp/mapping.md says, in as many words. */
function expectedBody({ fields, envelope = true, nulls = "keep" }: WrittenMapping, extraction: unknown): unknown {
  const data = { ...REQUEST, extraction };
  const find = (pointer: string, here: unknown): unknown => {
    const steps = pointer.split("/").slice(1);
    let found = steps[0] === "data" ? { data } : here;
    for (const step of steps) found = Object(found)[step];
    return found ?? null;
  };
  const read = (field: WrittenField, here: unknown): unknown => {
    if (typeof field === "string") return find(field, here);
    if ("constant" in field) return field.constant;
    if ("from" in field) {
      const found = find(field.from, here);
      return field.as === "number" && found !== null ? Number(found) : found;
    }
    if ("template" in field) {
      let half = false;
      const text = field.template.replaceAll(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, pointer?: string) => {
        if (pointer === undefined) return whole.slice(1);
        const found = find(pointer, here);
        half ||= found === null;
        return String(found);
      });
      return half ? null : text;
    }
    const list = find(field.each, here);
    return Array.isArray(list) ? list.map((item) => objectOf(field.fields, item)) : null;
  };
  const objectOf = (written: WrittenFields, here: unknown): object => {
    const object: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(written)) {
      const [first = "", second] = name.split(".");
      const value = read(field, here);
      const kept = value !== null || nulls === "keep";
      if (second !== undefined) object[first] = kept ? { [second]: value } : {};
      else if (kept) object[first] = value;
    }
    return object;
  };
  const mapped = objectOf(fields, extraction);
  if (!envelope) return mapped;
  const timestamp = DELIVERED_AT.toISOString();
  return { type: "document.extracted", timestamp, data: { ...REQUEST, extraction: mapped } };
}

const EXTRACTIONS = documentsOf(extractionSchema.toJSONSchema());
const MAPPINGS = mappingsOf(PAYLOAD_PLACES);

describe("a mapped body", () => {
  it("is JSON with exactly the mapped fields, for any extraction and any mapping", async () => {
    await fc.assert(
      fc.asyncProperty(EXTRACTIONS, MAPPINGS, async (extraction, written) => {
        extractionSchema.parse(extraction);
        const text = await textOfBody(written, extraction);
        expect(JSON.parse(text)).toEqual(expectedBody(written, extraction));
      }),
      { numRuns: RUNS },
    );
  });

  it("has no field twice, whatever the values hold", async () => {
    await fc.assert(
      fc.asyncProperty(EXTRACTIONS, MAPPINGS, async (extraction, written) => {
        const text = await textOfBody(written, extraction);
        expect(indexJson(Buffer.from(text)).kind).toBe("object");
      }),
      { numRuns: RUNS / 2 },
    );
  });
});

const EXTRACTION = {
  document_number: 'R-"1"\\',
  currency: null,
  vendor: { name: "Ünal 🚢" },
  buyer: null,
  lines: [
    { quantity: "2.50", unit_price: null },
    { quantity: "-0.10", unit_price: "12345678901234567890.123456789" },
  ],
  totals: { gross: "119.00" },
};
const map = (fields: object, options: object = {}) => mappedBody({ fields, envelope: false, ...options }, EXTRACTION);

describe("a field", () => {
  it.each<[string, object, object]>([
    ["is renamed", { invoiceNo: "/document_number" }, { invoiceNo: 'R-"1"\\' }],
    ["is flattened", { vendorName: "/vendor/name" }, { vendorName: "Ünal 🚢" }],
    [
      "is nested",
      { "s.a": "/vendor/name", n: "/currency", "s.b": { constant: 1 } },
      { s: { a: "Ünal 🚢", b: 1 }, n: null },
    ],
    [
      "is a constant",
      { a: { constant: 'x"y' }, b: { constant: -3 }, c: { constant: true } },
      { a: 'x"y', b: -3, c: true },
    ],
    ["is a template", { a: { template: '"{/document_number}" {{{/totals/gross}}}\n' } }, { a: '"R-"1"\\" {119.00}\n' }],
    ["is a whole object", { v: "/vendor" }, { v: { name: "Ünal 🚢" } }],
    ["is null below a null", { a: "/buyer/name" }, { a: null }],
    ["is null where a list is shorter", { a: "/lines/2/quantity", b: "/lines/1/quantity" }, { a: null, b: "-0.10" }],
    ["is of the envelope", { a: "/data/document_id", b: "/data/source" }, { a: REQUEST.document_id, b: "sendgrid" }],
    [
      "is of each line, with the document's",
      { rows: { each: "/lines", fields: { "q.is": "/quantity", no: "/data/extraction/document_number" } } },
      {
        rows: [
          { q: { is: "2.50" }, no: 'R-"1"\\' },
          { q: { is: "-0.10" }, no: 'R-"1"\\' },
        ],
      },
    ],
    ["is null as a template with a null", { a: { template: "{/document_number}-{/currency}" } }, { a: null }],
  ])("%s", async (_fact, fields, body) => {
    expect(await map(fields)).toEqual(body);
  });

  it("is left out when it is null and the mapping says so, but no object of the mapping's own", async () => {
    const fields = { a: "/currency", "b.c": "/currency", d: "/document_number", e: { template: "{/currency}" } };
    const lines = { each: "/lines", fields: { p: "/unit_price" } };
    const omitted = await map({ ...fields, lines }, { nulls: "omit" });
    expect(omitted).toEqual({ b: {}, d: 'R-"1"\\', lines: [{}, { p: "12345678901234567890.123456789" }] });
  });

  it("keeps every digit when it is sent as a number", async () => {
    const lines = {
      each: "/lines",
      fields: { q: { from: "/quantity", as: "number" }, p: { from: "/unit_price", as: "number" } },
    };
    expect(await textOfBody({ fields: { lines }, envelope: false }, EXTRACTION)).toBe(
      '{"lines":[{"q":2.50,"p":null},{"q":-0.10,"p":12345678901234567890.123456789}]}',
    );
  });

  it("may have a name of any script", async () => {
    expect(await map({ Währung: "/currency", 番号: "/document_number" })).toEqual({ Währung: null, 番号: 'R-"1"\\' });
  });

  it("stands in the envelope, in the extraction's place, unless the mapping says otherwise", async () => {
    const body = await mappedBody({ fields: { no: "/document_number" } }, EXTRACTION);
    expect(Object.keys(erpPayloadSchema.shape)).toEqual(Object.keys(Object(body)));
    expect(body).toEqual({
      type: "document.extracted",
      timestamp: DELIVERED_AT.toISOString(),
      data: { ...REQUEST, extraction: { no: 'R-"1"\\' } },
    });
  });

  it.each([
    ["no number", { totals: { gross: '1","admin":true,"x":"2' } }, { a: { from: "/totals/gross", as: "number" } }],
    ["a list in a template", { currency: ["E"] }, { a: { template: "{/currency}" } }],
    ["no list", { lines: "x" }, { a: { each: "/lines", fields: { b: "/quantity" } } }],
  ])("is an error when the extraction holds %s against its schema", async (_what, extraction, fields) => {
    await expect(mappedBody({ fields }, extraction)).rejects.toThrow(
      /^an extraction holds something else where its schema has /,
    );
  });
});
