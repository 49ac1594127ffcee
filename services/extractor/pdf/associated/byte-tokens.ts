/**
 * Tokens of PDF's syntax (ISO 32000-2, 7.2) read as bytes: what lies around a reference or a number is content, and a string
 * of it could not be wiped.
 */

const SPACE = new Set(Buffer.from("\0\t\n\f\r "));
const DELIMITER = new Set(Buffer.from("()<>[]{}/%"));
const ZERO = 0x30;
/** More digits than the number of any object or byte of a document has. */
const MAX_DIGITS = 10;

export function isSpace(byte: number | undefined): boolean {
  return byte !== undefined && SPACE.has(byte);
}

/** Where the token that begins at `start` ends. */
export function endOfToken(bytes: Buffer, start: number): number {
  let end = start;
  for (let byte = bytes[end]; byte !== undefined && !SPACE.has(byte) && !DELIMITER.has(byte); byte = bytes[++end]);
  return end;
}

/** Where the white space from `start` on ends. */
export function endOfSpace(bytes: Buffer, start: number): number {
  let end = start;
  while (isSpace(bytes[end])) end++;
  return end;
}

/** The number that the digits from `start` on make; undefined where there are none, or too many. */
export function readDigits(
  bytes: Buffer,
  start: number,
): { readonly number: number; readonly end: number } | undefined {
  let number = 0;
  let end = start;
  for (let digit = digitOf(bytes[end]); digit !== undefined; digit = digitOf(bytes[++end]))
    number = number * 10 + digit;
  return end === start || end - start > MAX_DIGITS ? undefined : { number, end };
}

/** The number that the digits before `end` make. */
export function readDigitsBefore(
  bytes: Buffer,
  end: number,
): { readonly number: number; readonly start: number } | undefined {
  let start = end;
  while (end - start <= MAX_DIGITS && digitOf(bytes[start - 1]) !== undefined) start--;
  const read = readDigits(bytes, start);
  return read === undefined ? undefined : { number: read.number, start };
}

function digitOf(byte: number | undefined): number | undefined {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9 ? byte - ZERO : undefined;
}
