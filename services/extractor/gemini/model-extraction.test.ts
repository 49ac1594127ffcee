import { extractionSchema } from "@flowstate/contracts";
import { sampleExtraction } from "@flowstate/local/doubles/gemini-answer.ts";
import { describe, expect, it } from "vitest";
import { parseModelExtraction, RESPONSE_JSON_SCHEMA } from "./model-extraction.ts";

// Real: the schemas of contracts and what is made of them.

const { schema_version: _version, ...answered } = sampleExtraction;

/** Every keyword of a JSON Schema, property names left out. */
function keywordsOf(schema: unknown): Set<string> {
  if (Array.isArray(schema)) return new Set(schema.flatMap((part) => [...keywordsOf(part)]));
  if (typeof schema !== "object" || schema === null) return new Set();
  return new Set(
    Object.entries(schema).flatMap(([keyword, value]) => [
      keyword,
      ...(keyword === "properties" ? Object.values(value).flatMap((part) => [...keywordsOf(part)]) : keywordsOf(value)),
    ]),
  );
}

describe("RESPONSE_JSON_SCHEMA", () => {
  it("uses only keywords that the API understands", () => {
    expect([...keywordsOf(RESPONSE_JSON_SCHEMA)].sort()).toEqual(
      ["additionalProperties", "anyOf", "enum", "format", "items", "properties", "required", "type"].sort(),
    );
  });

  it("asks for every field, in the order of the extraction, but for the version", () => {
    const fields = Object.keys(extractionSchema.shape).filter((field) => field !== "schema_version");
    expect(RESPONSE_JSON_SCHEMA["required"]).toEqual(fields);
    expect(Object.keys(Object(RESPONSE_JSON_SCHEMA["properties"]))).toEqual(fields);
  });

  it("stays small enough to be accepted with every request", () => {
    expect(JSON.stringify(RESPONSE_JSON_SCHEMA).length).toBeLessThan(8_000);
  });
});

describe("parseModelExtraction", () => {
  it("takes an answer that fits and states the version itself", () => {
    expect(parseModelExtraction(JSON.stringify(answered))).toEqual(sampleExtraction);
  });

  it("mends spelling: spaces, empty texts, decimals that are not canonical", () => {
    const text = JSON.stringify({
      ...answered,
      document_number: " INV-20931 ",
      purchase_order_number: "",
      totals: { ...answered.totals, net: "+0425.00", tax: ".75" },
    });
    expect(parseModelExtraction(text)).toMatchObject({
      document_number: "INV-20931",
      purchase_order_number: null,
      totals: { net: "425.00", tax: "0.75" },
    });
  });

  it("leaves alone what only looks like a decimal", () => {
    const text = JSON.stringify({ ...answered, document_number: "0042." });
    expect(parseModelExtraction(text)?.document_number).toBe("0042.");
  });

  it.each([
    ["text that is no JSON", "I could not read this"],
    ["JSON cut off in the middle", JSON.stringify(answered).slice(0, 200)],
    ["something else", "[]"],
    ["a field too many", JSON.stringify({ ...answered, note: "x" })],
    ["a field too few", JSON.stringify({ ...answered, totals: undefined })],
    ["an amount in words", JSON.stringify({ ...answered, totals: { ...answered.totals, gross: "ten" } })],
    ["an amount with grouping", JSON.stringify({ ...answered, totals: { ...answered.totals, gross: "1,234.00" } })],
    ["an amount as a number", JSON.stringify({ ...answered, totals: { ...answered.totals, gross: 505.75 } })],
    ["a date in words", JSON.stringify({ ...answered, document_date: "18 Nov 2026" })],
  ])("is undefined for %s", (_what, text) => {
    expect(parseModelExtraction(text)).toBeUndefined();
  });
});
