import { erpPayloadSchema, pushRequestSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { sampleFacts } from "@flowstate/local/doubles/gemini-answer.ts";
import { extractionOf } from "@flowstate/local/fixtures/extraction.ts";
import { describe, expect, it, vi } from "vitest";
import { buildPayload } from "./build-payload.ts";

// Pure, with real GhostBytes. Nothing is doubled.

const REQUEST = pushRequestSchema.parse({
  document_id: "5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21",
  tenant_id: "acme",
  received_at: "2026-11-23T10:00:00.000Z",
  source: "sendgrid",
});
const DELIVERED_AT = new Date("2026-11-23T10:00:07.000Z");

const EXTRACTION = extractionOf({ ...sampleFacts, document_number: 'R-\u2603-"1"\\' });

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
