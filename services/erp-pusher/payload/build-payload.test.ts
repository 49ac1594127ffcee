import { type Extraction, erpPayloadSchema, extractionSchema, pushRequestSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
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
/** A text that holds a value of so many characters holds it by no accident. */
const TELLING_LENGTH = 6;

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
  it("puts the extraction into the envelope that the ERP's contract describes", async () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    using body = await buildPayload(REQUEST, extraction, DELIVERED_AT);
    expect(erpPayloadSchema.parse(JSON.parse(body.view().toString("utf8")))).toEqual({
      type: "document.extracted",
      timestamp: "2026-11-23T10:00:07.000Z",
      data: { ...REQUEST, extraction: EXTRACTION },
    });
  });

  it("carries the extraction's bytes as they are", async () => {
    const text = `{ "a" : 1.50,\n"b":"\\u00e9 é" }`;
    using extraction = extractionBytes(text);
    using body = await buildPayload(REQUEST, extraction, DELIVERED_AT);
    expect(body.view().includes(`"extraction":${text}}}`)).toBe(true);
  });

  it("allocates exactly the bytes it needs, in one piece", async () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    const allocate = vi.spyOn(GhostBytes, "withCapacity");
    using body = await buildPayload(REQUEST, extraction, DELIVERED_AT);
    expect(allocate.mock.calls).toEqual([[body.length]]);
    expect(body.view().buffer.byteLength).toBe(body.length);
    allocate.mockRestore();
  });

  it("decodes nothing of the extraction to a string", async () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    const decode = [vi.spyOn(Buffer.prototype, "toString"), vi.spyOn(TextDecoder.prototype, "decode")];
    using _body = await buildPayload(REQUEST, extraction, DELIVERED_AT);
    for (const spy of decode) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it.each(["", "[]", "{", "null", '"}"', '{"a":1} '])("throws for content that is no JSON object: %j", async (text) => {
    using extraction = extractionBytes(text);
    await expect(buildPayload(REQUEST, extraction, DELIVERED_AT)).rejects.toThrow("not a JSON object");
  });

  it("names nothing of the content in its error", async () => {
    using extraction = extractionBytes("CANARY-4711");
    await expect(buildPayload(REQUEST, extraction, DELIVERED_AT)).rejects.toThrow(/^(?!.*CANARY).*$/s);
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
async function allocationsOf(act: () => Promise<void>): Promise<readonly Buffer[]> {
  // Content lies in array buffers of its own; everything else that is made, and could hold a copy, is looked at, too.
  const made = [vi.spyOn(Buffer, "from"), vi.spyOn(Buffer, "alloc")];
  try {
    await act();
    return made.flatMap(({ mock }) =>
      mock.results.flatMap(({ value }, index) => (typeof mock.calls[index]?.[0] === "string" ? [] : [value])),
    );
  } finally {
    for (const spy of made) spy.mockRestore();
  }
}

describe("buildPayload with a mapping", () => {
  it("decodes and parses nothing of the extraction but names, so that no value becomes a string", async () => {
    using extraction = extractionBytes(JSON.stringify(EXTRACTION));
    const values = new Set<string>();
    JSON.parse(JSON.stringify(EXTRACTION), (_name, value) => {
      if (typeof value !== "object" && value !== "") values.add(String(value));
    });
    // Others in this process decode meanwhile, too: what they say is no value of this extraction.
    const isOfContent = (text: string) =>
      values.has(text) || [...values].some((value) => value.length >= TELLING_LENGTH && text.includes(value));
    const decode = vi.spyOn(Buffer.prototype, "toString");
    const spies = [vi.spyOn(TextDecoder.prototype, "decode"), vi.spyOn(JSON, "parse")];
    using body = await buildPayload(REQUEST, extraction, DELIVERED_AT, { mapping: MAPPING });
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    const decoded = decode.mock.results.map(({ value }) => String(value));
    decode.mockRestore();
    expect(isOfContent(JSON.stringify(EXTRACTION))).toBe(true);
    expect(decoded.filter(isOfContent)).toEqual([]);
    expect(decoded).toContain("gross");
    expect(body.view().includes('"total":119.00')).toBe(true);
  });

  it("leaves nothing of the content in any memory it used, once body and extraction are wiped", async () => {
    const used = await allocationsOf(async () => {
      using extraction = extractionBytes(JSON.stringify(EXTRACTION));
      using body = await buildPayload(REQUEST, extraction, DELIVERED_AT, { mapping: MAPPING });
      expect(body.view().includes("119.00")).toBe(true);
    });
    expect(used.length).toBeGreaterThanOrEqual(3);
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });

  it.each([
    ["is not JSON", '{"a":CANARY}', "not the JSON that it should be"],
    ["holds what its schema does not", '{"totals":{"gross":"CANARY"}}', "holds something else where its schema has"],
    ["begins like an object and is none", "{", "not a JSON object"],
  ])("wipes what it made when the extraction %s", async (_what, text, message) => {
    const used = await allocationsOf(async () => {
      using extraction = extractionBytes(text);
      await expect(buildPayload(REQUEST, extraction, DELIVERED_AT, { mapping: MAPPING })).rejects.toThrow(message);
    });
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });

  it("lets others have their turn while it fills a long list, and stops when nobody waits for it any more", async () => {
    const fields = Object.fromEntries(Array.from({ length: 199 }, (_, n) => [`f${n}`, "/quantity"]));
    const mapping = payloadMappingSchema.parse({ fields: { rows: { each: "/lines", fields } } });
    const lines = JSON.stringify({ lines: Array.from({ length: 5_000 }, () => ({ quantity: "1" })) });
    using extraction = extractionBytes(lines);
    let turns = 0;
    const takingTurns = setInterval(() => (turns += 1), 1);
    using body = await buildPayload(REQUEST, extraction, DELIVERED_AT, { mapping });
    clearInterval(takingTurns);
    expect(turns).toBeGreaterThan(3);
    expect(body.length).toBeGreaterThan(5_000 * 199 * '"f0":"1"'.length);

    const gone = new Error("gone");
    const stopping = new AbortController();
    const used = await allocationsOf(async () => {
      using again = extractionBytes(lines);
      const building = buildPayload(REQUEST, again, DELIVERED_AT, { mapping, signal: stopping.signal });
      stopping.abort(gone);
      await expect(building).rejects.toBe(gone);
    });
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });

  it("grows no further than there is room, and wipes what it had", async () => {
    const full = new Error("full");
    const asked: number[] = [];
    const used = await allocationsOf(async () => {
      using extraction = extractionBytes(JSON.stringify(EXTRACTION));
      const admit = (bytes: number) => {
        asked.push(bytes);
        if (bytes > 300) throw full;
      };
      const building = buildPayload(REQUEST, extraction, DELIVERED_AT, { mapping: MAPPING, admit });
      await expect(building).rejects.toBe(full);
    });
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });

  it("makes no body that is larger than the bound, and wipes what it had", async () => {
    const fields = { a: "/document_number", b: "/document_number" };
    const mapping = payloadMappingSchema.parse({ fields, envelope: false });
    const sized = (bytes: number) => extractionBytes(`{"document_number":"${"x".repeat(bytes)}"}`);
    const overhead = '{"a":"","b":""}'.length;
    const half = (MAPPING_LIMITS.bodyBytes - overhead - 1) / 2;
    using fitting = sized(half);
    using body = await buildPayload(REQUEST, fitting, DELIVERED_AT, { mapping });
    expect(body.length).toBe(MAPPING_LIMITS.bodyBytes - 1);
    using large = sized(half + 1);
    const used = await allocationsOf(async () => {
      await expect(buildPayload(REQUEST, large, DELIVERED_AT, { mapping })).rejects.toThrow(PayloadTooLargeError);
    });
    expect(used.length).toBeGreaterThan(1);
    expect(used.map(isZeroed)).toEqual(used.map(() => true));
  });
});
