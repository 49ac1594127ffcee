import { extractionFactsSchema, type Facts } from "@flowstate/contracts";
import { looksLikeFormula, sanitiseText } from "./sanitise-text.ts";

/** Fields that may have several lines. */
const WITH_LINE_FEEDS: ReadonlySet<string> = new Set(["description"]);

export interface SanitisedFacts {
  readonly facts: Facts;
  /** JSON pointers to texts that a spreadsheet would take for a formula. */
  readonly formulaPaths: string[];
}

/**
 * Facts whose texts are what a person sees, whoever wrote them: every text goes through `sanitiseText`, and what is left of
 * nothing counts as not stated. Nothing is reworded, reordered or cut off: that texts are bounded is the business of the
 * schema, to which the result is held again.
 */
export function sanitiseFacts(facts: Facts): SanitisedFacts {
  const sanitised = extractionFactsSchema.parse(sanitisedValue(facts));
  return { facts: sanitised, formulaPaths: formulasIn(sanitised, "") };
}

function sanitisedValue(value: unknown, field = ""): unknown {
  if (typeof value === "string") return sanitiseText(value, WITH_LINE_FEEDS.has(field));
  if (Array.isArray(value)) return value.map((item) => sanitisedValue(item)).filter((item) => !isNothing(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sanitisedValue(item, name)]));
}

/** A reference, or a tax identifier, of which nothing is left. */
function isNothing(item: unknown): boolean {
  return item === null || (isObject(item) && "scheme" in item && item["value"] === null);
}

function formulasIn(value: unknown, path: string): string[] {
  if (typeof value === "string") return looksLikeFormula(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => formulasIn(item, `${path}/${name}`));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
