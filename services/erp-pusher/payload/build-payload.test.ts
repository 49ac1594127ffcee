import { type Extraction, erpPayloadSchema, extractionSchema, pushRequestSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { buildPayload, PayloadTooLargeError } from "./build-payload.ts";
import { MAPPING_LIMITS } from "./mapping.ts";
import { payloadMappingSchema } from "./mapping-schema.ts";
import { documentsOf } from "./testing/arbitrary-documents.ts";

// Pure, with real GhostBytes. Nothing is doubled.

const REQUEST = pushRequestSchema.parse({
  document_id: "5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21",
  tenant_id: "acme",
  received_at: "2026-11-23T10:00:00.000Z",
  source: "sendgrid",
});
const DELIVERED_AT = new Date("2026-11-23T10:00:07.000Z");

const [ANY] = fc.sample(documentsOf(extractionSchema.toJSONSchema()), { seed: 1, numRuns: 1 });
const ANY_EXTRACTION = extractionSchema.parse(ANY);
const EXTRACTION: Extraction = {
  ...ANY_EXTRACTION,
  document_number: 'R-\u2603-"1"\\',
  currency: "EUR",
  totals: { ...ANY_EXTRACTION.totals, gross: "119.00" },
};

function extractionBytes(text: string): GhostBytes {
  return GhostBytes.taking(Buffer.from(text));
}

describe("buildPayload", () => {
  it("puts the extraction into the envelope that the ERP's contract describes", () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    using body = buildPayload(REQUEST, extraction, DELIVERED_AT);
    expect(erpPayloadSchema.parse(JSON.parse(body.view().toString("utf8")))).toEqual({
      type: "document.extracted",
      timestamp: "2026-11-23T10:00:07.000Z",
      data: { ...REQUEST, extraction: EXTRACTION },
    });
  });

  it("carries the extraction's bytes as they are", () => {
    const text = `{ "a" : 1.50,\n"b":"\\u00e9 é" }`;
    using extraction = extractionBytes(text);
    using body = buildPayload(REQUEST, extraction, DELIVERED_AT);
    expect(body.view().includes(`"extraction":${text}}}`)).toBe(true);
  });

  it("allocates exactly the bytes it needs, in one piece", () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    const allocate = vi.spyOn(GhostBytes, "withCapacity");
    using body = buildPayload(REQUEST, extraction, DELIVERED_AT);
    expect(allocate.mock.calls).toEqual([[body.length]]);
    expect(body.view().buffer.byteLength).toBe(body.length);
    allocate.mockRestore();
  });

  it("decodes nothing of the extraction to a string", () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    const decode = [vi.spyOn(Buffer.prototype, "toString"), vi.spyOn(TextDecoder.prototype, "decode")];
    using _body = buildPayload(REQUEST, extraction, DELIVERED_AT);
    for (const spy of decode) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it.each(["", "[]", "{", "null", '"}"', '{"a":1} '])("throws for content that is no JSON object: %j", (text) => {
    using extraction = extractionBytes(text);
    expect(() => buildPayload(REQUEST, extraction, DELIVERED_AT)).toThrow("not a JSON object");
  });

  it("names nothing of the content in its error", () => {
    using extraction = extractionBytes("CANARY-4711");
    expect(() => buildPayload(REQUEST, extraction, DELIVERED_AT)).toThrow(/^(?!.*CANARY).*$/s);
  });
});

const MAPPING = payloadMappingSchema.parse({
  fields: {
    no: "/document_number",
    whole: "",
    total: { from: "/totals/gross", as: "number" },
    reference: { template: "{/document_number}-{/currency}" },
    lines: { each: "/lines", fields: { qty: "/quantity" } },
  },
});

/** Every allocation that GhostBytes makes while `act` runs. */
function allocationsOf(act: () => void): readonly Buffer[] {
  const allocate = vi.spyOn(Buffer, "alloc");
  try {
    act();
    return allocate.mock.results.map(({ value }) => value);
  } finally {
    allocate.mockRestore();
  }
}

function isZeroed(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

describe("buildPayload with a mapping", () => {
  it("decodes and parses nothing of the extraction, so that no value becomes a string", () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    const spies = [
      vi.spyOn(Buffer.prototype, "toString"),
      vi.spyOn(TextDecoder.prototype, "decode"),
      vi.spyOn(JSON, "parse"),
    ];
    using body = buildPayload(REQUEST, extraction, DELIVERED_AT, MAPPING);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    expect(body.view().includes('"total":119.00')).toBe(true);
  });

  it("leaves nothing of the content in any memory it used, once body and extraction are wiped", () => {
    const used = allocationsOf(() => {
      using extraction = extractionBytes(JSON.stringify(EXTRACTION));
      using body = buildPayload(REQUEST, extraction, DELIVERED_AT, MAPPING);
      expect(body.view().includes("119.00")).toBe(true);
    });
    expect(used.length).toBeGreaterThanOrEqual(3);
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });

  it.each([
    ["is not JSON", '{"a":CANARY}', "not the JSON that it should be"],
    ["holds what its schema does not", '{"totals":{"gross":"CANARY"}}', "holds something else where its schema has"],
    ["begins like an object and is none", "{", "not a JSON object"],
  ])("wipes what it made when the extraction %s", (_what, text, message) => {
    const used = allocationsOf(() => {
      using extraction = extractionBytes(text);
      expect(() => buildPayload(REQUEST, extraction, DELIVERED_AT, MAPPING)).toThrow(message);
    });
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });

  it("makes no body that is larger than the bound, and wipes what it had", () => {
    const fields = { a: "/document_number", b: "/document_number" };
    const mapping = payloadMappingSchema.parse({ fields, envelope: false });
    const sized = (bytes: number) => extractionBytes(`{"document_number":"${"x".repeat(bytes)}"}`);
    const overhead = '{"a":"","b":""}'.length;
    const half = (MAPPING_LIMITS.bodyBytes - overhead - 1) / 2;
    using fitting = sized(half);
    using body = buildPayload(REQUEST, fitting, DELIVERED_AT, mapping);
    expect(body.length).toBe(MAPPING_LIMITS.bodyBytes - 1);
    using large = sized(half + 1);
    const used = allocationsOf(() => {
      expect(() => buildPayload(REQUEST, large, DELIVERED_AT, mapping)).toThrow(PayloadTooLargeError);
    });
    expect(used.length).toBeGreaterThan(1);
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });
});
