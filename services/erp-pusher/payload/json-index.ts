import { isUtf8 } from "node:buffer";

/**
 * Where the values of a JSON document lie in its bytes. The values themselves stay bytes: nothing of them becomes a string,
 * which the garbage collector would keep for as long as it likes.
 */

/** An extraction has about six levels; without a bound, nested brackets would exhaust the stack. */
const MAX_DEPTH = 32;
/** Of a member's name; the schema's longest has about 25. */
const MAX_NAME_BYTES = 128;

/** Places count bytes from the document's beginning; `end` is the first one behind the value. Quotes belong to a text. */
export type JsonNode =
  | { readonly kind: "object"; readonly start: number; readonly end: number; readonly members: JsonMembers }
  | { readonly kind: "list"; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "text" | "number" | "flag" | "null"; readonly start: number; readonly end: number };

type JsonMembers = ReadonlyMap<string, JsonNode>;

/**
 * The values of one JSON document (RFC 8259), each with its place in `bytes`. Throws for anything that is not JSON, and for
 * what no extraction has: a name that stands twice, is long, has an escape or is not ASCII; more than 32 levels. The error
 * quotes nothing.
 */
export function indexJson(bytes: Uint8Array): JsonNode {
  if (!isUtf8(bytes)) throw notJson();
  const cursor = new Cursor(bytes);
  const root = cursor.value(0);
  if (cursor.at !== bytes.byteLength) throw notJson();
  return root;
}

/** Whether the bytes from `start` to `end` are one JSON number and nothing besides. */
export function isJsonNumber(bytes: Uint8Array, start: number, end: number): boolean {
  return numberEnd(bytes, start) === end;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const FIRST_PRINTABLE = 0x20;
const LAST_ASCII = 0x7e;

class Cursor {
  readonly #bytes: Buffer;
  at = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
  }

  /** The value here with the white space around it; the cursor stands behind both. */
  value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw notJson();
    this.#skipSpace();
    const node = this.#bareValue(depth);
    this.#skipSpace();
    return node;
  }

  #bareValue(depth: number): JsonNode {
    const start = this.at;
    switch (this.#bytes[start]) {
      case OPENING_BRACE: {
        const members = this.#members(depth);
        return { kind: "object", start, end: this.at, members };
      }
      case OPENING_BRACKET: {
        const items = this.#items(depth);
        return { kind: "list", start, end: this.at, items };
      }
      case QUOTE:
        this.#skipText();
        return { kind: "text", start, end: this.at };
      case 0x74:
        return { kind: "flag", start, end: this.#skipWord("true") };
      case 0x66:
        return { kind: "flag", start, end: this.#skipWord("false") };
      case 0x6e:
        return { kind: "null", start, end: this.#skipWord("null") };
      default:
        return { kind: "number", start, end: this.#skipNumber() };
    }
  }

  #members(depth: number): JsonMembers {
    const members = new Map<string, JsonNode>();
    this.at += 1;
    this.#skipSpace();
    if (this.#takes(CLOSING_BRACE)) return members;
    do {
      this.#skipSpace();
      const name = this.#name();
      this.#skipSpace();
      if (members.has(name) || !this.#takes(COLON)) throw notJson();
      members.set(name, this.value(depth + 1));
    } while (this.#takes(COMMA));
    if (!this.#takes(CLOSING_BRACE)) throw notJson();
    return members;
  }

  #items(depth: number): readonly JsonNode[] {
    const items: JsonNode[] = [];
    this.at += 1;
    this.#skipSpace();
    if (this.#takes(CLOSING_BRACKET)) return items;
    do {
      items.push(this.value(depth + 1));
    } while (this.#takes(COMMA));
    if (!this.#takes(CLOSING_BRACKET)) throw notJson();
    return items;
  }

  /** A member's name: one of the schema's, so not content and free to be a string. */
  #name(): string {
    const start = this.at + 1;
    this.#skipText();
    const end = this.at - 1;
    if (end - start > MAX_NAME_BYTES) throw notJson();
    for (let index = start; index < end; index += 1) {
      const byte = this.#bytes[index];
      if (byte === undefined || byte === BACKSLASH || byte > LAST_ASCII) throw notJson();
    }
    return this.#bytes.toString("latin1", start, end);
  }

  #skipText(): void {
    if (this.#bytes[this.at] !== QUOTE) throw notJson();
    this.at += 1;
    for (;;) {
      const byte = this.#bytes[this.at];
      if (byte === undefined || byte < FIRST_PRINTABLE) throw notJson();
      this.at += 1;
      if (byte === QUOTE) return;
      if (byte === BACKSLASH) this.#skipEscape();
    }
  }

  #skipEscape(): void {
    const escaped = String.fromCharCode(this.#bytes[this.at] ?? 0);
    this.at += 1;
    if (escaped !== "u") {
      if (!'"\\/bfnrt'.includes(escaped)) throw notJson();
      return;
    }
    for (const last = this.at + 4; this.at < last; this.at += 1) {
      if (!/[0-9a-fA-F]/.test(String.fromCharCode(this.#bytes[this.at] ?? 0))) throw notJson();
    }
  }

  #skipSpace(): void {
    while (isSpace(this.#bytes[this.at])) this.at += 1;
  }

  #takes(token: number): boolean {
    if (this.#bytes[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  #skipWord(word: string): number {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#bytes[this.at + index] !== word.charCodeAt(index)) throw notJson();
    }
    this.at += word.length;
    return this.at;
  }

  #skipNumber(): number {
    const end = numberEnd(this.#bytes, this.at);
    if (end === undefined) throw notJson();
    this.at = end;
    return end;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Where the number that begins at `start` ends; undefined when none does. */
function numberEnd(bytes: Uint8Array, start: number): number | undefined {
  const whole = start + (bytes[start] === MINUS ? 1 : 0);
  let end = bytes[whole] === ZERO ? whole + 1 : digitsEnd(bytes, whole);
  if (end === undefined) return undefined;
  if (bytes[end] === DOT) {
    end = digitsEnd(bytes, end + 1);
    if (end === undefined) return undefined;
  }
  if (bytes[end] !== 0x65 && bytes[end] !== 0x45) return end;
  const sign = bytes[end + 1];
  return digitsEnd(bytes, end + (sign === 0x2b || sign === MINUS ? 2 : 1));
}

/** Where the digits that begin at `start` end; undefined when there is none. */
function digitsEnd(bytes: Uint8Array, start: number): number | undefined {
  let end = start;
  for (let byte = bytes[end]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[end]) end += 1;
  return end === start ? undefined : end;
}

function notJson(): Error {
  return new Error("an extraction is not the JSON that it should be");
}
