/**
 * The JSON Canonicalization Scheme (RFC 8785) for what is hashed and signed here: objects of text, whole numbers and bytes,
 * fields left out where they say nothing. One value has one spelling, in every language and for ever.
 */

/**
 * Bytes are spelled as the text of their hexadecimal digits. Null and undefined fields are left out: nothing that is hashed
 * here tells "absent" from "null".
 */
type CanonicalValue = string | number | Buffer | null | undefined;
export type CanonicalFields = Readonly<Record<string, CanonicalValue>>;

/**
 * Throws a `TypeError` for what RFC 8785 has no spelling for (a lone surrogate, §3.2.2.2) and for numbers that are not
 * safe integers: those that are have the same digits everywhere (§3.2.2.3).
 */
export function canonicalJson(fields: CanonicalFields): string {
  return canonicalWriter(Object.keys(fields))(fields);
}

/** `canonicalJson` of objects that have these fields, whose names are sorted and spelled once for all of them. */
export function canonicalWriter<Name extends string>(
  names: readonly Name[],
): (fields: Readonly<Record<Name, CanonicalValue>>) => string {
  // The default order of strings is that of their UTF-16 code units, as §3.2.3 asks.
  const members = names.toSorted().map((name) => ({ name, spelled: `${quoted(name)}:` }));
  return (fields) => {
    let json = "";
    for (const { name, spelled } of members) {
      const value = fields[name];
      if (value === null || value === undefined) continue;
      if (json !== "") json += ",";
      json += spelled;
      json += spellingOf(value);
    }
    return `{${json}}`;
  };
}

function spellingOf(value: string | number | Buffer): string {
  if (typeof value === "string") return quoted(value);
  return typeof value === "number" ? digits(value) : `"${value.toString("hex")}"`;
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
