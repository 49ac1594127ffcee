import { z } from "zod";
import { isStorable } from "./time-range.ts";

/**
 * Pages are cut by key, not by number: a cursor holds the sort key of the last row shown, and the next page begins after
 * it. Rows that arrive meanwhile neither repeat nor hide any, and the thousandth page costs what the first does.
 */

const DEFAULT_LIMIT = "50";
const MAX_LIMIT = 200;
/** Far above any cursor made here. */
const MAX_CURSOR_LENGTH = 256;

/** How many rows a page has. */
export const limitSchema = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_LIMIT))
  .prefault(DEFAULT_LIMIT)
  .describe(`How many at most, 1 to ${MAX_LIMIT}.`);

/** A time within a cursor's key. */
export const cursorTime = z.iso.datetime({ precision: 3 }).refine(isStorable);

/** A cursor whose key is `key`. It is opaque to callers, who might as well invent one: it only ever narrows a query. */
export function cursorSchema<Key extends z.ZodType>(key: Key) {
  return z
    .string()
    .max(MAX_CURSOR_LENGTH)
    .transform((text) => parseJson(Buffer.from(text, "base64url").toString("utf8")))
    .pipe(key)
    .optional()
    .describe("The next_cursor of the page before.");
}

/** What `next_cursor` of an answer is. */
export const nextCursorSchema = z.string().nullable().describe("null on the last page.");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

/** Cuts the page out of `rows`, which were asked for with one more than `limit` to see whether there is a next one. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasNext = rows.length > limit && last !== undefined;
  return { rows: shown, nextCursor: hasNext ? Buffer.from(JSON.stringify(keyOf(last))).toString("base64url") : null };
}
