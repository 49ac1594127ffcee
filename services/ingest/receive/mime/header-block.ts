import {
  ascii,
  COLON,
  DASH,
  EQUALS,
  equalsWord,
  isBlank,
  isLineBreak,
  lineBreakLength,
  lowerCased,
  nextLine,
  QUOTE,
  SEMICOLON,
  SPACE,
  startsWithWord,
} from "./ascii.ts";
import { isBase64Line } from "./base64.ts";
import {
  MAX_CONTENT_TYPES,
  MAX_FIELD_BYTES,
  MAX_FIELD_NAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_PADDING_BYTES,
} from "./bounds.ts";
import { type ContentType, parseContentType } from "./content-type.ts";
import { matchBoundary, OpenMultiparts } from "./delimiters.ts";
import { parseTransferEncoding, type TransferEncoding } from "./transfer-encoding.ts";

/** What a header block says about structure; the rest of it is content and is not read. */
export interface HeaderBlock {
  /** Offset after the last field. */
  readonly end: number;
  /** Offset of the body: after the blank line, or where the fields were cut short. */
  readonly bodyStart: number;
  /** Undefined when there is no such field. Of several, the first that opens a multipart; or else the first. */
  readonly contentType: ContentType | undefined;
  /** Of several, the first that is a change. */
  readonly encoding: TransferEncoding;
  /** Undefined when there is no such field. */
  readonly disposition: "attachment" | "other" | undefined;
  /** It, or a field that the structure is in, is longer than is looked at. */
  readonly overlong: boolean;
  /** Up to here lines were read; past `end` where they turned out to be the body. */
  readonly readUntil: number;
}

const CONTENT_TYPE = ascii("content-type");
const CONTENT_TRANSFER_ENCODING = ascii("content-transfer-encoding");
const CONTENT_DISPOSITION = ascii("content-disposition");
const ATTACHMENT = ascii("attachment");
/** How a mailbox file begins a message, quoted or not; some gateways leave it in. */
const MAILBOX_LINES = [ascii("from "), ascii(">from ")] as const;
const LAST_VISIBLE = 0x7e;

/**
 * Reads the header block that begins at `start`. It ends with a blank line, but mailers forget that: it also ends before a
 * delimiter of an open multipart or of its own, and before the first line that is no field, unless fields go on after that.
 */
export function readHeaderBlock(source: Buffer, start: number, open: OpenMultiparts): HeaderBlock {
  const fields = new StructuralFields();
  const limit = start + MAX_HEADER_BYTES;
  let field: Field | undefined;
  /** Begin of the lines that are no fields; they are the body, if no field follows them. */
  let strayLines: number | undefined;
  let at = start;
  let blankLine = 0;
  while (at < source.length && at < limit) {
    blankLine = lineBreakLength(source, at);
    if (blankLine > 0) break;
    if (source[at] === DASH && source[at + 1] === DASH) {
      fields.take(source, field);
      field = undefined;
      if (open.match(source, at) !== undefined || fields.opensMultipartAt(source, at)) break;
    }
    const next = nextLine(source, at);
    const colon = isBlank(source[at]) ? -1 : colonOf(source, at, next);
    if (colon !== -1) {
      fields.take(source, field);
      field = { start: at, colon, end: next };
      strayLines = undefined;
    } else if (field !== undefined && (isBlank(source[at]) || endsInSemicolon(source, field))) {
      // Folded as it should be, or by a mailer that forgot the white space.
      field.end = next;
    } else if (!(isBlank(source[at]) && at > start) && !(at === start && isMailboxLine(source, at))) {
      fields.take(source, field);
      field = undefined;
      strayLines ??= at;
    }
    at = next;
  }
  fields.take(source, field);
  const cutShort = strayLines !== undefined && !(blankLine > 0 && fields.ruleOutBody(source, strayLines));
  const end = cutShort ? (strayLines ?? at) : at;
  return {
    ...fields.found,
    end,
    bodyStart: cutShort ? end : at + blankLine,
    overlong: fields.overlong || (at >= limit && !cutShort),
    readUntil: at,
  };
}

/**
 * Where the first field of a message begins: blank lines before it do not end its header; some gateways add them. `from`
 * where no field follows.
 */
export function startOfMessage(source: Buffer, from: number): number {
  let at = from;
  while (at - from < MAX_PADDING_BYTES && (isBlank(source[at]) || isLineBreak(source[at]))) at += 1;
  return isFieldLine(source, at) ? at : from;
}

/** The header block of a whole message, without the blank line: a view into it. */
export function headersOf(message: Buffer): Buffer {
  using none = new OpenMultiparts();
  const start = startOfMessage(message, 0);
  const { end, contentType } = readHeaderBlock(message, start, none);
  contentType?.boundary?.fill(0);
  return message.subarray(start, end);
}

/** Whether a line begins with a field name and a colon (RFC 5322, 2.2; white space before the colon is obsolete syntax). */
export function isFieldLine(source: Buffer, at: number): boolean {
  return colonOf(source, at, source.length) !== -1;
}

interface Field {
  readonly start: number;
  readonly colon: number;
  end: number;
}

/** The three fields that matter, as they are met. */
class StructuralFields {
  #contentType: ContentType | undefined;
  #contentTypes = 0;
  #encoding: TransferEncoding = "identity";
  #disposition: "attachment" | "other" | undefined;
  #overlong = false;

  get overlong(): boolean {
    return this.#overlong;
  }

  get found(): Pick<HeaderBlock, "contentType" | "encoding" | "disposition"> {
    return { contentType: this.#contentType, encoding: this.#encoding, disposition: this.#disposition };
  }

  take(source: Buffer, field: Field | undefined): void {
    if (field === undefined || lowerCased(source[field.start] ?? 0) !== CONTENT_TYPE[0]) return;
    let nameEnd = field.colon;
    while (isBlank(source[nameEnd - 1])) nameEnd -= 1;
    const name = source.subarray(field.start, nameEnd);
    const value = source.subarray(field.colon + 1, Math.min(field.end, field.colon + 1 + MAX_FIELD_BYTES));
    if (equalsWord(name, CONTENT_TYPE)) this.#takeContentType(value, value.length === MAX_FIELD_BYTES);
    else if (equalsWord(name, CONTENT_TRANSFER_ENCODING)) {
      if (this.#encoding === "identity") this.#encoding = parseTransferEncoding(value);
    } else if (equalsWord(name, CONTENT_DISPOSITION)) {
      this.#disposition ??= startsWithWord(withoutLeadingBlanks(value), ATTACHMENT) ? "attachment" : "other";
    }
  }

  /** A multipart whose blank line is missing begins with its own delimiter. */
  opensMultipartAt(source: Buffer, lineStart: number): boolean {
    const boundary = this.#contentType?.boundary;
    return boundary !== undefined && matchBoundary(source, lineStart, boundary) !== undefined;
  }

  /** Whether stray lines before the blank line cannot be the body, because the body is base64 and they are not. */
  ruleOutBody(source: Buffer, strayLines: number): boolean {
    return this.#encoding === "base64" && !isBase64Line(source, strayLines);
  }

  #takeContentType(value: Buffer, isCut: boolean): void {
    if (this.#contentType?.boundary !== undefined) return;
    this.#contentTypes += 1;
    if (isCut || this.#contentTypes > MAX_CONTENT_TYPES) this.#overlong = true;
    if (this.#contentTypes > MAX_CONTENT_TYPES) return;
    const contentType = parseContentType(value);
    if (this.#contentType === undefined || contentType.boundary !== undefined) this.#contentType = contentType;
  }
}

/** The offset of the colon behind a field name; -1 where there is none. */
function colonOf(source: Buffer, lineStart: number, lineEnd: number): number {
  const limit = Math.min(lineEnd, lineStart + MAX_FIELD_NAME_BYTES);
  let at = lineStart;
  while (at < limit && isNameByte(source[at] ?? 0)) at += 1;
  if (at === lineStart) return -1;
  while (at < limit && isBlank(source[at])) at += 1;
  return at < limit && source[at] === COLON ? at : -1;
}

/** No field has a name with a sign that a parameter is made of; a line that does was folded without white space. */
function isNameByte(byte: number): boolean {
  return byte > SPACE && byte <= LAST_VISIBLE && byte !== COLON && byte !== EQUALS && byte !== QUOTE;
}

function endsInSemicolon(source: Buffer, field: Field): boolean {
  let at = field.end;
  while (at > field.colon && (isLineBreak(source[at - 1]) || isBlank(source[at - 1]))) at -= 1;
  return source[at - 1] === SEMICOLON;
}

function isMailboxLine(source: Buffer, at: number): boolean {
  const line = source.subarray(at, at + MAX_FIELD_NAME_BYTES);
  return MAILBOX_LINES.some((word) => startsWithWord(line, word));
}

function withoutLeadingBlanks(value: Buffer): Buffer {
  let start = 0;
  while (isBlank(value[start]) || isLineBreak(value[start])) start += 1;
  return value.subarray(start);
}
