import fc from "fast-check";
import type { z } from "zod";

/** Longest list generated: enough for a first, a middle and a last item. */
const MAX_ITEMS = 3;

/** Texts that would break out of where they are put if anything put them there as they are. */
const HOSTILE_TEXTS = [
  '","admin":true,"x":"',
  '"}}',
  "\\",
  '\\"',
  "\u2028\u0000\u001f",
  "__proto__",
  "{/document_number}",
  "\ud83d",
  "\ude00",
  "null",
] as const;

type JsonSchema = z.core.JSONSchema._JSONSchema;

/**
 * Any document of a schema, from the schema itself: what the schema comes to hold is generated without a change here.
 * Throws for what JSON Schema can say and our contracts do not.
 */
export function documentsOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (typeof schema === "boolean") throw new Error("a schema that says nothing");
  const { type, anyOf, oneOf = anyOf } = schema;
  if (oneOf !== undefined) return fc.oneof(...oneOf.map(documentsOf));
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => documentsOf({ ...schema, type: one })));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (type) {
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, member]) => [name, documentsOf(member)]),
        ),
      );
    case "array": {
      if (schema.items === undefined || Array.isArray(schema.items)) throw new Error("a list of unlike items");
      const maxLength = Math.min(schema.maxItems ?? MAX_ITEMS, MAX_ITEMS);
      return fc.array(documentsOf(schema.items), { minLength: schema.minItems ?? 0, maxLength });
    }
    case "string":
      return textsOf(schema.pattern, schema.minLength ?? 0, schema.maxLength ?? 64);
    case "integer":
      return fc.integer({ min: Math.max(schema.minimum ?? -1_000, -1_000), max: 1_000 });
    case "number":
      return fc.double({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case undefined:
      throw new Error("a schema without a type");
    default:
      return type satisfies never;
  }
}

function textsOf(pattern: string | undefined, minLength: number, maxLength: number): fc.Arbitrary<string> {
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length >= minLength && length <= maxLength);
  }
  const any = fc.string({ unit: "binary", minLength, maxLength: Math.min(maxLength, 24) });
  return fc.oneof(any, fc.constantFrom(...HOSTILE_TEXTS));
}
