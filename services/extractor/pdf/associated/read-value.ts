import { endOfSpace, endOfToken, isSpace, readDigits } from "./byte-tokens.ts";

/**
 * A value as PDF writes it (ISO 32000-2, 7.3), as far as following a file specification needs it. Numbers are those that
 * count something; others, and words such as `true`, are no more than keywords here.
 */
export type PdfValue =
  | { readonly kind: "dictionary"; readonly entries: ReadonlyMap<string, PdfValue> }
  | { readonly kind: "array"; readonly items: readonly PdfValue[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "string"; readonly bytes: Buffer }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "reference"; readonly object: number }
  | { readonly kind: "keyword" };

export interface ReadValue {
  readonly value: PdfValue;
  /** Where the bytes after it begin. */
  readonly end: number;
}

/** Deepest nesting read: a file specification has three levels. */
const MAX_DEPTH = 16;
/** Entries of a dictionary or an array that are read. */
const MAX_ENTRIES = 10_000;
/** A longer name is none that a standard prescribes; what is cut off is no string. Bytes. */
const MAX_NAME_BYTES = 32;

const [OPEN_ANGLE, CLOSE_ANGLE, OPEN_SQUARE, CLOSE_SQUARE] = Buffer.from("<>[]");
const [OPEN_ROUND, CLOSE_ROUND, SLASH, PERCENT, BACKSLASH] = Buffer.from("()/%\\");
const NEWLINES = new Set(Buffer.from("\r\n"));
const HEX_DIGITS = Buffer.from("0123456789abcdef");
const R = 0x52;

/** Reads the value that begins at `start`, white space aside; undefined for what is none, or is cut off. */
export function readValue(bytes: Buffer, start: number, depth = 0): ReadValue | undefined {
  const at = skipSpace(bytes, start);
  if (depth > MAX_DEPTH) return undefined;
  switch (bytes[at]) {
    case undefined:
    case CLOSE_ANGLE:
    case CLOSE_SQUARE:
      return undefined;
    case OPEN_ANGLE:
      return bytes[at + 1] === OPEN_ANGLE ? readDictionary(bytes, at + 2, depth) : readHexString(bytes, at + 1);
    case OPEN_SQUARE:
      return readArray(bytes, at + 1, depth);
    case OPEN_ROUND:
      return readLiteralString(bytes, at + 1);
    case SLASH: {
      const end = endOfToken(bytes, at + 1);
      const name = bytes.toString("latin1", at + 1, Math.min(end, at + 1 + MAX_NAME_BYTES));
      return { value: { kind: "name", name: unescapedName(name) }, end };
    }
    default:
      return readPlain(bytes, at);
  }
}

function readDictionary(bytes: Buffer, start: number, depth: number): ReadValue | undefined {
  const entries = new Map<string, PdfValue>();
  let at = skipSpace(bytes, start);
  while (!(bytes[at] === CLOSE_ANGLE && bytes[at + 1] === CLOSE_ANGLE)) {
    const key = readValue(bytes, at, depth + 1);
    if (key?.value.kind !== "name" || entries.size === MAX_ENTRIES) return undefined;
    const value = readValue(bytes, key.end, depth + 1);
    if (value === undefined) return undefined;
    entries.set(key.value.name, value.value);
    at = skipSpace(bytes, value.end);
  }
  return { value: { kind: "dictionary", entries }, end: at + 2 };
}

function readArray(bytes: Buffer, start: number, depth: number): ReadValue | undefined {
  const items: PdfValue[] = [];
  let at = skipSpace(bytes, start);
  while (bytes[at] !== CLOSE_SQUARE) {
    const item = readValue(bytes, at, depth + 1);
    if (item === undefined || items.length === MAX_ENTRIES) return undefined;
    items.push(item.value);
    at = skipSpace(bytes, item.end);
  }
  return { value: { kind: "array", items }, end: at + 1 };
}

/** An odd digit at the end counts as if a zero followed (7.3.4.3). */
function readHexString(bytes: Buffer, start: number): ReadValue | undefined {
  const close = bytes.indexOf(">", start);
  if (close === -1) return undefined;
  const read = Buffer.alloc((close - start + 1) >> 1);
  let digits = 0;
  for (const byte of bytes.subarray(start, close)) {
    const digit = hexDigit(byte);
    if (digit === undefined) continue;
    read[digits >> 1] = (read[digits >> 1] ?? 0) | (digits % 2 === 0 ? digit << 4 : digit);
    digits++;
  }
  return { value: { kind: "string", bytes: read.subarray(0, (digits + 1) >> 1) }, end: close + 1 };
}

function hexDigit(byte: number): number | undefined {
  const at = HEX_DIGITS.indexOf(byte | 0x20);
  return at === -1 ? undefined : at;
}

/** Escapes are left as they are: a name that needs one is no name that a standard prescribes. */
function readLiteralString(bytes: Buffer, start: number): ReadValue | undefined {
  let open = 1;
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === OPEN_ROUND) open++;
    else if (bytes[at] === CLOSE_ROUND && --open === 0) {
      return { value: { kind: "string", bytes: bytes.subarray(start, at) }, end: at + 1 };
    }
  }
  return undefined;
}

/** A reference, a number, or a word such as `true`. */
function readPlain(bytes: Buffer, start: number): ReadValue | undefined {
  const end = endOfToken(bytes, start);
  if (end === start) return undefined;
  const digits = readDigits(bytes, start);
  if (digits?.end !== end) return { value: { kind: "keyword" }, end };
  return readReference(bytes, digits.number, end) ?? { value: { kind: "number", number: digits.number }, end };
}

/** What follows an object's number in a reference to it: its generation, and `R`. */
function readReference(bytes: Buffer, object: number, start: number): ReadValue | undefined {
  const generation = isSpace(bytes[start]) ? readDigits(bytes, endOfSpace(bytes, start)) : undefined;
  if (generation === undefined || !isSpace(bytes[generation.end])) return undefined;
  const at = endOfSpace(bytes, generation.end);
  const isReference = bytes[at] === R && endOfToken(bytes, at) === at + 1;
  return isReference ? { value: { kind: "reference", object }, end: at + 1 } : undefined;
}

function unescapedName(name: string): string {
  return name.replaceAll(/#([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** White space and comments. */
function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined; byte = bytes[at]) {
    if (isSpace(byte)) at++;
    else if (byte === PERCENT) for (let end = bytes[at]; end !== undefined && !NEWLINES.has(end); end = bytes[++at]);
    else break;
  }
  return at;
}
