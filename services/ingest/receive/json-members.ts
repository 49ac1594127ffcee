import { BACKSLASH, COLON, QUOTE } from "./mime/ascii.ts";

/** A member of an object, where it stands. Bytes are views of what is between the quotes, escapes as they are. */
export interface JsonMember {
  readonly name: Buffer;
  /** In how many objects and lists it is. */
  readonly depth: number;
  /** Its value, where that is a text. */
  readonly text: Buffer | undefined;
}

/**
 * The members of all objects in a JSON document (RFC 8259), in order, as bytes: what people wrote stands among them, and a
 * string of it could not be wiped. None if texts and brackets do not close; nothing else is checked.
 */
export function jsonMembers(json: Buffer): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth += 1;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1;
    if (byte !== QUOTE) continue;
    const end = endOfText(json, at + 1);
    if (end === undefined) return [];
    const text = json.subarray(at + 1, end);
    const last = members.at(-1);
    if (json[afterSpace(json, end + 1)] === COLON) members.push({ name: text, depth, text: undefined });
    else if (last?.depth === depth && last.text === undefined) members.splice(-1, 1, { ...last, text });
    at = end;
  }
  return depth === 0 ? members : [];
}

const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const LAST_SPACE = 0x20;

/** Where its closing quote is; undefined when it has none. */
function endOfText(json: Buffer, from: number): number | undefined {
  for (let at = from; at < json.length; at += 1) {
    if (json[at] === QUOTE) return at;
    if (json[at] === BACKSLASH) at += 1;
  }
  return undefined;
}

function afterSpace(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length && (json[at] ?? 0) <= LAST_SPACE) at += 1;
  return at;
}
