import { canonicalDecimal, extractionFactsSchema, type Facts, type RequestedField } from "@flowstate/contracts";
import { z } from "zod";
import { brokenRules } from "./broken-rules.ts";
import { DECIMAL_PATTERN, modelSchema, type SchemaNode } from "./response-schema.ts";

/** What came of the model's text. */
export type ParsedExtraction =
  | { readonly result: "facts"; readonly facts: Facts }
  | { readonly result: "not_json" }
  /** `rules` are words about the schema, never about what the document states. */
  | { readonly result: "breaks_schema"; readonly rules: readonly string[] };

const factsSchema = extractionFactsSchema.omit({ extra: true });
const extraValueSchema = extractionFactsSchema.shape.extra.element.shape.value;

/**
 * The facts in the model's text. A value that is too long breaks the schema like any other fault: cut off, an account or a
 * document number would look right and be wrong. The fields that the tenant asked for are an object in the answer and a
 * list in the facts, each of them present; whether a value is of the tenant's type is for validation to say.
 */
export function parseModelExtraction(text: string, extraFields: readonly RequestedField[]): ParsedExtraction {
  let answered: unknown;
  try {
    answered = JSON.parse(text);
  } catch {
    return { result: "not_json" };
  }
  const tidy = tidied(answered, modelSchema(extraFields));
  const { extra = {}, ...stated } = isObject(tidy) ? tidy : {};
  const asked = z.strictObject(Object.fromEntries(extraFields.map(({ name }) => [name, extraValueSchema])));
  const facts = factsSchema.safeParse(isObject(tidy) ? stated : tidy);
  const fields = asked.safeParse(extra);
  if (!facts.success || !fields.success) {
    const issues = [...(facts.error?.issues ?? []), ...(fields.error?.issues ?? []).map(underExtra)];
    return { result: "breaks_schema", rules: brokenRules(issues) };
  }
  const list = extraFields.map(({ name }) => ({ name, value: fields.data[name] ?? null }));
  return { result: "facts", facts: { ...facts.data, extra: list } };
}

function underExtra(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  return { ...issue, path: ["extra", ...issue.path] };
}

/**
 * Spelling only: spaces around values, empty texts and empty objects for what is not stated, decimals that are not
 * canonical (models write `1.` or `+5` now and then), fields that may be left out.
 */
function tidied(value: unknown, schema: SchemaNode): unknown {
  if (schema.anyOf !== undefined) return tidiedOrNull(value, schema.anyOf);
  if (Array.isArray(value)) return value.map((item) => tidiedBy(item, schema.items)).filter((item) => item !== "");
  if (isObject(value)) return tidiedObject(value, schema);
  if (typeof value !== "string") return value;
  const trimmed = value.trim();
  return schema.pattern === DECIMAL_PATTERN ? (canonicalDecimal(trimmed) ?? trimmed) : trimmed;
}

/** What a document need not state: the first alternative, or null. */
function tidiedOrNull(value: unknown, [stated]: readonly SchemaNode[]): unknown {
  const tidy = tidiedBy(value, stated);
  if (tidy === "") return null;
  return isObject(tidy) && Object.values(tidy).every(saysNothing) ? null : tidy;
}

function saysNothing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function tidiedObject(value: Readonly<Record<string, unknown>>, schema: SchemaNode): Record<string, unknown> {
  const { properties = {}, required = [] } = schema;
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  return Object.fromEntries([
    ...optional.map((name) => [name, null]),
    ...Object.entries(value).map(([name, part]) => [name, tidiedBy(part, properties[name])]),
  ]);
}

/** A part that the schema does not know stays as it is, and is not accepted. */
function tidiedBy(value: unknown, schema: SchemaNode["items"]): unknown {
  return typeof schema === "object" && !Array.isArray(schema) ? tidied(value, schema) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
