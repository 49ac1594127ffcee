import { ascii, BACKSLASH, COLON, CR, EQUALS, equalsWord, isBlank, QUOTE, SEMICOLON, SPACE } from "../mime/ascii.ts";
import { parseTransferEncoding, type TransferEncoding } from "../mime/transfer-encoding.ts";
import { MultipartError } from "./multipart-error.ts";

/** What a part says of itself: content, as bytes. Views into memory that is zeroed when the callback returns. */
export interface PartHead {
  readonly name: Buffer;
  /**
   * Undefined for a plain field. Without quotes and escapes, in whatever charset it was written, percent signs left as they
   * are; of a part that has `filename*` only, the whole of that (RFC 8187, `utf-8''a%20b`).
   */
  readonly filename: Buffer | undefined;
  /** As written; empty if absent, which means text/plain (RFC 7578, 4.4). */
  readonly contentType: Buffer;
}

const CONTENT_DISPOSITION = ascii("content-disposition");
const CONTENT_TYPE = ascii("content-type");
const CONTENT_TRANSFER_ENCODING = ascii("content-transfer-encoding");
const FORM_DATA = ascii("form-data");
const NAME = ascii("name");
const FILENAME = ascii("filename");
const EXTENDED_FILENAME = ascii("filename*");

/** The signs of a token (RFC 9110, 5.6.2): header and parameter names are made of nothing else. */
const IS_TOKEN = new Uint8Array(256);
for (const byte of ascii("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
  IS_TOKEN[byte] = 1;
}

/**
 * Reads a part's header lines (RFC 7578, 4.2 and 4.8), each of which ends with CRLF and has no other CR or LF. Unfolds and
 * unescapes them where they stand. Fields that are not known are passed over. Throws `MultipartError` `malformed` when
 * anything is damaged or could be read in two ways: a part that is passed over is a document lost without a word.
 */
export function parsePartHead(lines: Buffer): PartHead & { readonly encoding: TransferEncoding } {
  let disposition: Buffer | undefined;
  let contentType: Buffer | undefined;
  let encoding: Buffer | undefined;
  for (const { name, value } of fieldsOf(lines)) {
    if (equalsWord(name, CONTENT_DISPOSITION)) disposition = once(disposition, value);
    else if (equalsWord(name, CONTENT_TYPE)) contentType = once(contentType, value);
    else if (equalsWord(name, CONTENT_TRANSFER_ENCODING)) encoding = once(encoding, value);
  }
  const none = lines.subarray(0, 0);
  return {
    ...namesOf(disposition ?? none),
    contentType: contentType ?? none,
    encoding: parseTransferEncoding(encoding ?? none),
  };
}

function once(before: Buffer | undefined, value: Buffer): Buffer {
  if (before !== undefined) throw new MultipartError("malformed");
  return value;
}

function* fieldsOf(lines: Buffer): Generator<{ readonly name: Buffer; readonly value: Buffer }> {
  let at = 0;
  while (at < lines.length) {
    const colon = endOfToken(lines, at);
    if (colon === at || lines[colon] !== COLON) throw new MultipartError("malformed");
    const end = endOfField(lines, colon);
    yield { name: lines.subarray(at, colon), value: trimmed(lines, colon + 1, end) };
    at = end + 2;
  }
}

/** Offset of the line break that ends a field. Those before it, which fold it (RFC 5322, 2.2.3), become blanks. */
function endOfField(lines: Buffer, from: number): number {
  let end = lines.indexOf(CR, from);
  while (isBlank(lines[end + 2])) {
    lines.fill(SPACE, end, end + 2);
    end = lines.indexOf(CR, end);
  }
  return end;
}

function namesOf(disposition: Buffer): Pick<PartHead, "name" | "filename"> {
  let name: Buffer | undefined;
  let filename: Buffer | undefined;
  let extended: Buffer | undefined;
  for (const parameter of parametersOf(disposition)) {
    if (equalsWord(parameter.name, NAME)) name = once(name, parameter.value);
    else if (equalsWord(parameter.name, FILENAME)) filename = once(filename, parameter.value);
    else if (equalsWord(parameter.name, EXTENDED_FILENAME)) extended = once(extended, parameter.value);
  }
  if (name === undefined) throw new MultipartError("malformed");
  return { name, filename: filename ?? extended };
}

function* parametersOf(disposition: Buffer): Generator<{ readonly name: Buffer; readonly value: Buffer }> {
  const typeEnd = endOfToken(disposition, 0);
  if (!equalsWord(disposition.subarray(0, typeEnd), FORM_DATA)) throw new MultipartError("malformed");
  let at = skipBlanks(disposition, typeEnd);
  while (at < disposition.length) {
    if (disposition[at] !== SEMICOLON) throw new MultipartError("malformed");
    at = skipBlanks(disposition, at + 1);
    // A semicolon too many, at the end or before another one.
    if (endsParameter(disposition, at)) continue;
    const nameEnd = endOfToken(disposition, at);
    const equals = skipBlanks(disposition, nameEnd);
    if (nameEnd === at || disposition[equals] !== EQUALS) throw new MultipartError("malformed");
    const start = skipBlanks(disposition, equals + 1);
    const { value, end } =
      disposition[start] === QUOTE ? quotedValue(disposition, start + 1) : bareValue(disposition, start);
    yield { name: disposition.subarray(at, nameEnd), value };
    at = skipBlanks(disposition, end);
  }
}

/** Up to the next semicolon, blanks inside included: some write file names so. */
function bareValue(field: Buffer, start: number): { readonly value: Buffer; readonly end: number } {
  const semicolon = field.indexOf(SEMICOLON, start);
  const end = semicolon === -1 ? field.length : semicolon;
  return { value: trimmed(field, start, end), end };
}

/**
 * A quote ends the value only where a parameter can end, and a backslash escapes only a quote and a backslash, but not the
 * field's last quote: clients leave the quotes and backslashes of a file name as they are, and two-byte charsets have
 * characters that end with one.
 */
function quotedValue(field: Buffer, start: number): { readonly value: Buffer; readonly end: number } {
  let length = 0;
  for (let at = start; at < field.length; at += 1) {
    if (field[at] === QUOTE && endsParameter(field, at + 1)) {
      return { value: field.subarray(start, start + length), end: at + 1 };
    }
    const escaped = field[at] === BACKSLASH ? field[at + 1] : undefined;
    if (escaped === BACKSLASH || (escaped === QUOTE && at + 2 < field.length)) at += 1;
    field[start + length] = field[at] ?? 0;
    length += 1;
  }
  throw new MultipartError("malformed");
}

function endsParameter(field: Buffer, from: number): boolean {
  const at = skipBlanks(field, from);
  return at >= field.length || field[at] === SEMICOLON;
}

function endOfToken(bytes: Buffer, from: number): number {
  let at = from;
  while (IS_TOKEN[bytes[at] ?? 0] === 1) at += 1;
  return at;
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

function trimmed(bytes: Buffer, from: number, until: number): Buffer {
  let end = until;
  while (end > from && isBlank(bytes[end - 1])) end -= 1;
  return bytes.subarray(Math.min(skipBlanks(bytes, from), end), end);
}
