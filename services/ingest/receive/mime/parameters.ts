import {
  BACKSLASH,
  CR,
  EQUALS,
  equalsWord,
  hexOctet,
  isBlank,
  isLineBreak,
  LF,
  lowerCased,
  QUOTE,
  SEMICOLON,
  startsWithWord,
} from "./ascii.ts";
import { MAX_PARAMETER_SECTIONS } from "./bounds.ts";

const STAR = 0x2a;
const COMMA = 0x2c;
const PERCENT = 0x25;
const APOSTROPHE = 0x27;
export const OPENING_PARENTHESIS = 0x28;
const CLOSING_PARENTHESIS = 0x29;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** The two forms that a parameter can have, both at once too: copies that their holder wipes; undefined if empty. */
export interface ParameterForms {
  /** In one piece. Of several, the first. */
  readonly whole: Buffer | undefined;
  /** Put together of the sections that RFC 2231 split it into, or encoded by it. */
  readonly joined: Buffer | undefined;
}

interface Parameter {
  readonly name: Buffer;
  /** Without the quotes around it, but with what is escaped inside. */
  readonly value: Buffer;
  readonly quoted: boolean;
}

/** A parameter or a piece of one. */
interface Section {
  readonly parameter: Parameter;
  /** It begins with a charset and has percent signs (RFC 2231, 4). */
  readonly extended: boolean;
}

/**
 * A parameter of a structured field (RFC 2045, 5.1; split and encoded by RFC 2231), given the bytes after the colon, folding
 * included. Reads what mailers really write: missing semicolons, missing closing quotes, special characters without quotes.
 */
export function parameterOf(field: Buffer, word: Buffer, from = 0): ParameterForms {
  let whole: Buffer | undefined;
  let isWhole = false;
  const sections = new Map<number, Section>();
  for (const parameter of parametersLike(field, word, from)) {
    if (equalsWord(parameter.name, word)) {
      if (!isWhole) whole = unwrap([{ parameter, extended: false }]);
      isWhole = true;
      continue;
    }
    const { section, extended } = sectionOf(parameter.name.subarray(word.length));
    if (section < MAX_PARAMETER_SECTIONS && !sections.has(section)) sections.set(section, { parameter, extended });
  }
  // Sections count from nought without a gap (RFC 2231, 3).
  const inOrder: Section[] = [];
  for (let section = sections.get(0); section !== undefined; section = sections.get(inOrder.length)) {
    inOrder.push(section);
  }
  return { whole, joined: unwrap(inOrder) };
}

/** `*` is section nought of one, encoded; `*2` the third section; `*2*` the third section, encoded. */
function sectionOf(suffix: Buffer): { readonly section: number; readonly extended: boolean } {
  let [at, section] = [1, 0];
  while (isDigit(suffix[at])) {
    section = Math.min(section * 10 + (suffix[at] ?? DIGIT_0) - DIGIT_0, MAX_PARAMETER_SECTIONS);
    at += 1;
  }
  const extended = suffix.length === 1 || suffix[at] === STAR;
  const wellFormed = suffix[0] === STAR && at + (suffix[at] === STAR ? 1 : 0) === suffix.length;
  return { section: wellFormed ? section : MAX_PARAMETER_SECTIONS, extended };
}

/** The parameters whose name begins with `word`. */
function* parametersLike(field: Buffer, word: Buffer, from: number): Generator<Parameter> {
  let at = skipFiller(field, from);
  while (at < field.length) {
    let end = at;
    while (end < field.length && field[end] !== EQUALS && !endsToken(field[end])) end += 1;
    const nameEnd = end;
    end = skipWhiteSpace(field, end);
    if (field[end] === EQUALS) {
      const start = skipWhiteSpace(field, end + 1);
      const quoted = field[start] === QUOTE;
      end = quoted ? endOfQuoted(field, start + 1) : endOfToken(field, start);
      const name = lowerCased(field[at] ?? 0) === word[0] ? field.subarray(at, nameEnd) : undefined;
      if (name !== undefined && startsWithWord(name, word)) {
        yield { name, value: field.subarray(quoted ? start + 1 : start, end), quoted };
      }
      if (quoted && field[end] === QUOTE) end += 1;
    }
    at = skipFiller(field, end);
  }
}

/** The offset of the closing quote; without one, the end of the line or of the parameter. */
function endOfQuoted(field: Buffer, from: number): number {
  for (let at = from; at < field.length; at += field[at] === BACKSLASH ? 2 : 1) {
    if (field[at] === QUOTE) return at;
  }
  let at = from;
  while (at < field.length && !isLineBreak(field[at]) && field[at] !== SEMICOLON) at += 1;
  return at;
}

function endOfToken(field: Buffer, from: number): number {
  let at = from;
  while (at < field.length && !endsToken(field[at])) at += 1;
  return at;
}

/** Joins the sections of a value and takes away what it was wrapped in: folding, escapes, charset, percent signs. */
function unwrap(sections: readonly Section[]): Buffer | undefined {
  const joined = Buffer.alloc(sections.reduce((sum, { parameter }) => sum + parameter.value.length, 0));
  let length = 0;
  for (const [index, { parameter, extended }] of sections.entries()) {
    const { value, quoted } = parameter;
    for (let at = extended && index === 0 ? afterCharset(value) : 0; at < value.length; at += 1) {
      if (isLineBreak(value[at])) continue;
      const octet = extended && value[at] === PERCENT ? hexOctet(value, at + 1) : undefined;
      if (octet !== undefined) at += 2;
      else if (quoted && value[at] === BACKSLASH && at + 1 < value.length) at += 1;
      joined[length] = octet ?? value[at] ?? 0;
      length += 1;
    }
  }
  // A delimiter cannot end with white space (RFC 2046, 5.1.1), so a boundary that does was never meant to; nor was a name.
  while (length > 0 && isBlank(joined[length - 1])) length -= 1;
  return length > 0 ? joined.subarray(0, length) : undefined;
}

/** `us-ascii'en'value`: the offset of the value. */
function afterCharset(value: Buffer): number {
  const language = value.indexOf(APOSTROPHE);
  return language === -1 ? 0 : value.indexOf(APOSTROPHE, language + 1) + 1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
}

export function endsToken(byte: number | undefined): boolean {
  return byte === SEMICOLON || byte === COMMA || isBlank(byte) || isLineBreak(byte);
}

/** What stands between parameters: white space, folding, semicolons, comments; stray signs too, so that reading goes on. */
export function skipFiller(field: Buffer, from: number): number {
  let at = from;
  while (at < field.length) {
    if (field[at] === OPENING_PARENTHESIS) at = afterComment(field, at);
    else if (endsToken(field[at]) || field[at] === EQUALS || field[at] === QUOTE) at += 1;
    else break;
  }
  return at;
}

function skipWhiteSpace(field: Buffer, from: number): number {
  let at = from;
  while (isBlank(field[at]) || field[at] === LF || field[at] === CR) at += 1;
  return at;
}

/**
 * Comments nest and escape (RFC 5322, 3.2.2). One that does not end on its line ends with it: so a stray parenthesis costs
 * no more than its line, and many of them no more than one look at each byte.
 */
function afterComment(field: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < field.length && !isLineBreak(field[at]); at += field[at] === BACKSLASH ? 2 : 1) {
    if (field[at] === OPENING_PARENTHESIS) depth += 1;
    if (field[at] === CLOSING_PARENTHESIS) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return at;
}
