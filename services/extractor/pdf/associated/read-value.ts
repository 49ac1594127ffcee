/** A value as PDF writes it (ISO 32000-2, 7.3), as far as following a file specification needs it. */
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
/** Longest name, number or keyword, bytes. */
const MAX_TOKEN_BYTES = 128;

const SPACE = new Set(Buffer.from("\0\t\n\f\r "));
const DELIMITER = new Set(Buffer.from("()<>[]{}/%"));
const [OPEN_ANGLE, CLOSE_ANGLE, OPEN_SQUARE, CLOSE_SQUARE] = Buffer.from("<>[]");
const [OPEN_ROUND, CLOSE_ROUND, SLASH, PERCENT, BACKSLASH] = Buffer.from("()/%\\");
const NEWLINES = new Set(Buffer.from("\r\n"));
const REFERENCE = /^(\d{1,10})[\0\t\n\f\r ]{1,8}\d{1,5}[\0\t\n\f\r ]{1,8}R(?![^\0\t\n\f\r ()<>[\]{}/%])/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

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
      const { text, end } = readToken(bytes, at + 1);
      return { value: { kind: "name", name: unescapedName(text) }, end };
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

function readHexString(bytes: Buffer, start: number): ReadValue | undefined {
  const close = bytes.indexOf(">", start);
  if (close === -1) return undefined;
  const digits = bytes.toString("latin1", start, close).replaceAll(/[\0\t\n\f\r ]/g, "");
  return { value: { kind: "string", bytes: Buffer.from(digits, "hex") }, end: close + 1 };
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
  const reference = REFERENCE.exec(bytes.toString("latin1", start, start + MAX_TOKEN_BYTES));
  if (reference !== null) {
    const [whole, object] = reference;
    return { value: { kind: "reference", object: Number(object) }, end: start + whole.length };
  }
  const { text, end } = readToken(bytes, start);
  if (text === "") return undefined;
  return { value: NUMBER.test(text) ? { kind: "number", number: Number(text) } : { kind: "keyword" }, end };
}

function readToken(bytes: Buffer, start: number): { readonly text: string; readonly end: number } {
  let end = start;
  for (let byte = bytes[end]; byte !== undefined && !SPACE.has(byte) && !DELIMITER.has(byte); byte = bytes[++end]);
  return { text: bytes.toString("latin1", start, Math.min(end, start + MAX_TOKEN_BYTES)), end };
}

function unescapedName(name: string): string {
  return name.replaceAll(/#([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** White space and comments. */
function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined; byte = bytes[at]) {
    if (SPACE.has(byte)) at++;
    else if (byte === PERCENT) for (let end = bytes[at]; end !== undefined && !NEWLINES.has(end); end = bytes[++at]);
    else break;
  }
  return at;
}
