import { MAPPING_LIMITS, type Source } from "./mapping.ts";
import { isList, isSingleValue, namesIn, type SourcePlaces, stepInto } from "./source-places.ts";

/**
 * Sources are written as JSON pointers (RFC 6901) into the extraction, or inside `each` into the item. One that begins with
 * `/data` is a pointer into the full payload instead: neither the extraction nor an item has a member of that name.
 */

const POINTER = /^(?:\/[A-Za-z0-9_]+)*$/;
const PAYLOAD_MEMBER = "data";

/** The places that pointers begin at. */
export interface SourceRoots {
  readonly payload: SourcePlaces;
  /** The extraction, or inside `each` an item. */
  readonly here: SourcePlaces;
}

/** What a pointer names, or what is wrong with it, without a word of what was written. */
export type ReadSource =
  | { readonly source: Source; readonly places: SourcePlaces }
  | { readonly source?: never; readonly problem: string };

export function readSource(pointer: string, roots: SourceRoots): ReadSource {
  if (pointer.length > MAPPING_LIMITS.pointerLength || !POINTER.test(pointer)) {
    return { problem: "must be a JSON pointer such as /vendor/name" };
  }
  const steps = pointer.split("/").slice(1);
  const root = steps[0] === PAYLOAD_MEMBER ? "payload" : "here";
  let places = roots[root];
  for (const [index, step] of steps.entries()) {
    const below = stepInto(places, step);
    if (below.length === 0) return { problem: whatIsThere(steps.slice(0, index), places) };
    places = below;
  }
  return { source: { root, steps }, places };
}

/** The steps lead to a place that exists, so they are the schema's words and may be told. */
function whatIsThere(steps: readonly string[], places: SourcePlaces): string {
  const place = steps.map((step) => `/${step}`).join("");
  const names = namesIn(places).join(", ");
  if (place === "") return `must begin with one of ${names}, or with data`;
  if (isSingleValue(places)) return `must end at ${place}, which is a single value`;
  if (isList(places)) return `must go on from ${place}, which is a list, with an index that it can have; or use each`;
  return `must go on from ${place} with one of ${names}`;
}
