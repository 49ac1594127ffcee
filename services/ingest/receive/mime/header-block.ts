import {
  ascii,
  COLON,
  DASH,
  EQUALS,
  isBlank,
  isLineBreak,
  lineBreakLength,
  nextLine,
  QUOTE,
  SEMICOLON,
  SPACE,
  startsWithWord,
} from "./ascii.ts";
import { MAX_FIELD_NAME_BYTES, MAX_PADDING_BYTES } from "./bounds.ts";
import { OpenMultiparts } from "./delimiters.ts";
import { type Described, DescribingFields, type Field } from "./describing-fields.ts";

/** What a header block says about its part; the rest of it is content and is not read. */
export interface HeaderBlock extends Described {
  /** Offset after the last field. */
  readonly end: number;
  /** Offset of the body: after the blank line, or where the fields were cut short. */
  readonly bodyStart: number;
  /** It, or a field that the structure is in, is longer than is looked at. */
  readonly overlong: boolean;
  /** Up to here lines were read; past `end` where they turned out to be the body. */
  readonly readUntil: number;
}

/** How a mailbox file begins a message, quoted or not; some gateways leave it in. */
const MAILBOX_LINES = [ascii("from "), ascii(">from ")] as const;
const LAST_VISIBLE = 0x7e;

/**
 * Reads the header block that begins at `start`. It ends with a blank line, but mailers forget that: it also ends before a
 * delimiter of an open multipart or of its own, and before the first line that is no field, unless fields go on after that.
 */
export function readHeaderBlock(
  source: Buffer,
  start: number,
  open: OpenMultiparts,
  maxHeaderBytes: number,
): HeaderBlock {
  const fields = new DescribingFields();
  const limit = start + maxHeaderBytes;
  let field: (Field & { end: number }) | undefined;
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
export function headersOf(message: Buffer, maxHeaderBytes: number): Buffer {
  using none = new OpenMultiparts();
  const start = startOfMessage(message, 0);
  const { end, contentType } = readHeaderBlock(message, start, none, maxHeaderBytes);
  contentType?.boundary?.fill(0);
  return message.subarray(start, end);
}

/** Whether a line begins with a field name and a colon (RFC 5322, 2.2; white space before the colon is obsolete syntax). */
export function isFieldLine(source: Buffer, at: number): boolean {
  return colonOf(source, at, source.length) !== -1;
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
