import { decimalSchema, erpPayloadSchema } from "@flowstate/contracts";
import type { z } from "zod";

/**
 * What may stand at a place of the payload, by the payload's schema. A place that is a union has several alternatives; null
 * is none of them, because any place may turn out to be null.
 */

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The alternatives of one place. Empty when there is no such place. */
export type SourcePlaces = readonly JsonSchema[];

/** The whole payload as the ERP receives it without a mapping. */
export const PAYLOAD_PLACES: SourcePlaces = placesOf(erpPayloadSchema);

const DECIMAL_PATTERN = decimalSchema.toJSONSchema().pattern;

/** The places that `schema` begins with; other than the payload for tests. Throws when the schema has no JSON Schema (a transformation has none). */
export function placesOf(schema: z.ZodType): SourcePlaces {
  return alternatives(schema.toJSONSchema());
}

/** One step down: to a member by its name, to a list's item by its index in decimal digits. */
export function stepInto(places: SourcePlaces, step: string): SourcePlaces {
  return places.flatMap((place) => {
    const member = Object.hasOwn(place.properties ?? {}, step) ? place.properties?.[step] : undefined;
    if (member !== undefined) return alternatives(member);
    const index = /^(?:0|[1-9]\d{0,5})$/.test(step) ? Number(step) : Number.POSITIVE_INFINITY;
    return index < (place.maxItems ?? Number.POSITIVE_INFINITY) ? itemsOf([place]) : [];
  });
}

/** What the items of a list may be; empty when there is no list. */
export function itemsOf(places: SourcePlaces): SourcePlaces {
  return places.flatMap(({ items }) => (items === undefined || Array.isArray(items) ? [] : alternatives(items)));
}

/** The names below a place, in the schema's order. */
export function namesIn(places: SourcePlaces): readonly string[] {
  return places.flatMap((place) => Object.keys(place.properties ?? {}));
}

export function isList(places: SourcePlaces): boolean {
  return places.every(({ type }) => type === "array");
}

export function isListOfObjects(places: SourcePlaces): boolean {
  return isList(places) && itemsOf(places).every(({ type }) => type === "object");
}

const SINGLE_VALUES: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean"]);

/** Whether a place holds one value, which can stand in a text. */
export function isSingleValue(places: SourcePlaces): boolean {
  return places.every(({ type }) => SINGLE_VALUES.has(type));
}

/** Whether what stands there is always a JSON number or becomes one without its quotes. */
export function isNumeric(places: SourcePlaces): boolean {
  return places.every(
    ({ type, pattern }) =>
      type === "number" || type === "integer" || (type === "string" && pattern === DECIMAL_PATTERN),
  );
}

function alternatives(schema: z.core.JSONSchema._JSONSchema): SourcePlaces {
  if (typeof schema === "boolean") return [];
  const { type, anyOf, oneOf = anyOf } = schema;
  if (oneOf !== undefined) return oneOf.flatMap(alternatives);
  if (Array.isArray(type)) return type.flatMap((one) => alternatives({ ...schema, type: one }));
  return type === "null" ? [] : [schema];
}
