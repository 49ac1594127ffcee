import { decimalSchema, extractionFactsSchema, type RequestedField } from "@flowstate/contracts";
import { z } from "zod";

/** JSON Schema as zod writes it: objects, lists, texts, and `anyOf` with `null` for what a document need not state. */
export type SchemaNode = z.core.JSONSchema.JSONSchema;

/** What zod makes of `decimalSchema`: how a decimal is told from other texts. */
export const DECIMAL_PATTERN = z.toJSONSchema(decimalSchema).pattern ?? "";

/**
 * What every line states. The model may leave out the other fields of a line: with some twenty fields that are mostly
 * `null` a line would cost twice the tokens, and a long document would end in the middle of its lines.
 */
const LINE_CORE: ReadonlySet<string> = new Set(["position", "description", "quantity", "unit", "unit_price", "amount"]);

const FACTS = withOptionalLineFields(z.toJSONSchema(extractionFactsSchema.omit({ extra: true })));

function withOptionalLineFields(schema: SchemaNode): SchemaNode {
  const lines = schema.properties?.["lines"];
  if (typeof lines !== "object" || typeof lines.items !== "object" || Array.isArray(lines.items)) {
    throw new Error("the facts are expected to have lines");
  }
  const required = (lines.items.required ?? []).filter((field) => LINE_CORE.has(field));
  return { ...schema, properties: { ...schema.properties, lines: { ...lines, items: { ...lines.items, required } } } };
}

/** The facts as the model is asked for them, patterns and lengths included: what its answer is read by. */
export function modelSchema(extraFields: readonly RequestedField[]): SchemaNode {
  if (extraFields.length === 0) return FACTS;
  const extra: SchemaNode = {
    type: "object",
    properties: Object.fromEntries(extraFields.map(({ name, type }) => [name, EXTRA_VALUE[type]])),
    required: extraFields.map(({ name }) => name),
    additionalProperties: false,
  };
  const properties = { ...FACTS.properties, extra };
  return { ...FACTS, properties, required: [...(FACTS.required ?? []), "extra"] };
}

const EXTRA_VALUE = {
  text: { anyOf: [{ type: "string" }, { type: "null" }] },
  number: { anyOf: [{ type: "string", pattern: DECIMAL_PATTERN }, { type: "null" }] },
  date: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
} satisfies Record<RequestedField["type"], SchemaNode>;

/** The keywords that `responseJsonSchema` understands and we use (Gemini API, "Structured output"). */
const UNDERSTOOD: ReadonlySet<string> = new Set(["type", "format", "enum", "required", "additionalProperties"]);

/**
 * The JSON Schema that the model's answer is held to while it is written. It goes along with every request, and one that
 * is too large is refused with 400: so it is structure only, 6.5 KB. Patterns and lengths would be ignored; the answer
 * is held to them afterwards. What the fields mean is said once, in the instructions, and not here, where parties and
 * weights stand several times. Made once for each list of fields, which a policy holds as long as the process lives.
 */
export function responseSchema(extraFields: readonly RequestedField[]): SchemaNode {
  const schema = madeSchemas.get(extraFields) ?? understoodPart(modelSchema(extraFields));
  madeSchemas.set(extraFields, schema);
  return schema;
}

const madeSchemas = new WeakMap<readonly RequestedField[], SchemaNode>();

function understoodPart({ properties, items, anyOf, ...rest }: SchemaNode): SchemaNode {
  const kept: SchemaNode = Object.fromEntries(Object.entries(rest).filter(([keyword]) => UNDERSTOOD.has(keyword)));
  if (properties !== undefined) {
    kept.properties = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, understood(part)]));
  }
  if (items !== undefined && !Array.isArray(items)) kept.items = understood(items);
  return anyOf === undefined ? kept : { ...kept, ...alternatives(anyOf.map(understoodPart)) };
}

function understood(schema: SchemaNode | boolean): SchemaNode | boolean {
  return typeof schema === "boolean" ? schema : understoodPart(schema);
}

/** A text or nothing: one type with two names takes fewer bytes than two alternatives. */
function alternatives(anyOf: SchemaNode[]): SchemaNode {
  const [first, second] = anyOf;
  if (anyOf.length === 2 && first?.type === "string" && second?.type === "null") {
    return { ...first, type: ["string", "null"] };
  }
  return { anyOf };
}
