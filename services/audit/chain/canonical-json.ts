/**
 * The JSON Canonicalization Scheme (RFC 8785) for what is hashed and signed here: objects of text, whole numbers and such
 * objects' fields left out where they say nothing. One value has one spelling, in every language and for ever.
 */

/** Null and undefined fields are left out: nothing that is hashed here tells "absent" from "null". */
export type CanonicalFields = Readonly<Record<string, string | number | null | undefined>>;

/**
 * Throws a `TypeError` for what RFC 8785 has no spelling for (a lone surrogate, §3.2.2.2) and for numbers that are not
 * safe integers: those that are have the same digits everywhere (§3.2.2.3).
 */
export function canonicalJson(fields: CanonicalFields): string {
  let members = "";
  // The default order of strings is that of their UTF-16 code units, as §3.2.3 asks.
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name];
    if (value === null || value === undefined) continue;
    members += `${members === "" ? "" : ","}${quoted(name)}:${typeof value === "number" ? digits(value) : quoted(value)}`;
  }
  return `{${members}}`;
}

function digits(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError("not a safe integer");
  return String(value === 0 ? 0 : value);
}

/** Most texts need no escapes, and are then their own spelling. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError("a lone surrogate");
  return JSON.stringify(text);
}
