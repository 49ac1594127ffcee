import { extractionFactsSchema, FACTS_LIMITS, type RequestedField } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { responseSchema, type SchemaNode } from "./response-schema.ts";

// Real: the schema of the facts and what is made of it.

const FIELDS: RequestedField[] = [
  { name: "cost_centre", type: "text", description: "The cost centre." },
  { name: "tare", type: "number", description: "The tare weight." },
  { name: "cut_off", type: "date", description: "The cut-off date." },
];

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

function property(schema: SchemaNode, ...names: string[]): SchemaNode {
  return names.reduce<SchemaNode>((node, name) => {
    const inner = node.items ?? node.properties?.[name];
    const part = node.items === undefined ? inner : Object(node.items).properties[name];
    if (typeof part !== "object" || Array.isArray(part)) throw new Error(`no ${name}`);
    return part;
  }, schema);
}

describe("responseSchema", () => {
  it("uses only keywords that the API understands", () => {
    expect([...keywordsOf(responseSchema(FIELDS))].sort()).toEqual(
      ["additionalProperties", "anyOf", "enum", "format", "items", "properties", "required", "type"].sort(),
    );
  });

  it("is made once for each list of fields", () => {
    expect(responseSchema(FIELDS)).toBe(responseSchema(FIELDS));
    expect(responseSchema([...FIELDS])).not.toBe(responseSchema(FIELDS));
    expect(responseSchema([...FIELDS])).toEqual(responseSchema(FIELDS));
  });

  it("asks for every field of the facts, in their order, identity first", () => {
    const fields = Object.keys(extractionFactsSchema.shape).filter((field) => field !== "extra");
    expect(responseSchema([]).required).toEqual(fields);
    expect(Object.keys(responseSchema([]).properties ?? {})).toEqual(fields);
    expect(fields.slice(0, 2)).toEqual(["document_type", "document_number"]);
  });

  it("lets the model leave out the fields of a line that most documents do not state, and no others", () => {
    const lines = property(responseSchema([]), "lines");
    const line = Object(lines.items);
    expect(line.required).toEqual(["position", "description", "quantity", "unit", "unit_price", "amount"]);
    expect(Object.keys(line.properties)).toEqual(Object.keys(extractionFactsSchema.shape.lines.element.shape));
    const totals = property(responseSchema([]), "totals");
    expect(totals.required).toEqual(Object.keys(totals.properties ?? {}));
  });

  it("writes what may be missing as a type with two names, or as an alternative", () => {
    expect(property(responseSchema([]), "document_number")).toEqual({ type: ["string", "null"] });
    expect(property(responseSchema([]), "due_date")).toEqual({ type: ["string", "null"], format: "date" });
    expect(property(responseSchema([]), "vendor").anyOf?.[1]).toEqual({ type: "null" });
  });

  it("takes in the fields that a tenant asks for", () => {
    const schema = responseSchema(FIELDS);
    expect(property(schema, "extra")).toEqual({
      type: "object",
      properties: {
        cost_centre: { type: ["string", "null"] },
        tare: { type: ["string", "null"] },
        cut_off: { type: ["string", "null"], format: "date" },
      },
      required: ["cost_centre", "tare", "cut_off"],
      additionalProperties: false,
    });
    expect(schema.required?.at(-1)).toBe("extra");
    expect(responseSchema([]).properties).not.toHaveProperty("extra");
  });

  it("stays small enough to go along with every request: 6.5 KB, and under 12 KB with fifty fields of a tenant", () => {
    expect(JSON.stringify(responseSchema([])).length).toBeLessThan(7_000);
    const most = Array.from({ length: FACTS_LIMITS.extraFields }, (_, index): RequestedField => {
      return { name: `${"f".repeat(20)}_${index}`, type: "date", description: "x" };
    });
    expect(JSON.stringify(responseSchema(most)).length).toBeLessThan(12_000);
  });
});
