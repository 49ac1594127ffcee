import { canonicalDecimal, EXTRACTION_SCHEMA_VERSION, type Extraction, extractionSchema } from "@flowstate/contracts";
import { z } from "zod";

/** What the model fills in: an extraction without the version, which is ours to state. */
const modelExtractionSchema = extractionSchema.omit({ schema_version: true });

/** The keywords that `responseJsonSchema` understands (Gemini API, "Structured output"); others are ignored or refused. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  "type",
  "format",
  "enum",
  "items",
  "anyOf",
  "properties",
  "required",
  "additionalProperties",
]);

/**
 * The JSON Schema that the model's answer is held to. Only structure: patterns and lengths are checked afterwards, and the
 * model is told about them in words.
 */
export const RESPONSE_JSON_SCHEMA: Readonly<Record<string, unknown>> = understoodPart(
  z.toJSONSchema(modelExtractionSchema),
);

function understoodPart(schema: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
      if (!UNDERSTOOD.has(keyword)) return [];
      if (keyword === "properties" && isObject(value)) {
        return [[keyword, mapValues(value, (property) => (isObject(property) ? understoodPart(property) : property))]];
      }
      if (keyword === "items" && isObject(value)) return [[keyword, understoodPart(value)]];
      if (keyword === "anyOf" && Array.isArray(value)) return [[keyword, value.filter(isObject).map(understoodPart)]];
      return [[keyword, value]];
    }),
  );
}

/** Fields that hold decimals; models write `1.` or `+5` now and then. */
const DECIMAL_FIELDS: ReadonlySet<string> = new Set([
  "quantity",
  "unit_price",
  "amount",
  "net",
  "tax",
  "gross",
  "due",
  "value",
]);

/** The extraction in the model's text; undefined if the text is not JSON or not an extraction. */
export function parseModelExtraction(text: string): Extraction | undefined {
  let answered: unknown;
  try {
    answered = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = modelExtractionSchema.safeParse(tidied(answered));
  return parsed.success ? { schema_version: EXTRACTION_SCHEMA_VERSION, ...parsed.data } : undefined;
}

/** Spelling only: spaces around values, empty strings for absent values, decimals that are no canonical ones. */
function tidied(value: unknown, field?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => tidied(item));
  if (isObject(value)) return mapValues(value, tidied);
  if (typeof value !== "string") return value;
  const trimmed = value.trim();
  if (trimmed === "") return null;
  return field !== undefined && DECIMAL_FIELDS.has(field) ? (canonicalDecimal(trimmed) ?? trimmed) : trimmed;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(
  object: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
