/** The bytes that the structure of a message is made of (RFC 5322, 2.2). */

const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;

const LETTER_A = 0x41;
const LETTER_Z = 0x5a;
const LOWER_CASE_BIT = 0x20;

/** A constant to compare bytes with. */
export function ascii(text: string): Buffer {
  // An allocation of its own: a small one would come from Node's pool.
  const bytes = Buffer.alloc(text.length);
  bytes.write(text, "latin1");
  return bytes;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

export function isLineBreak(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

export function lowerCased(byte: number): number {
  return byte >= LETTER_A && byte <= LETTER_Z ? byte | LOWER_CASE_BIT : byte;
}

/** Whether the bytes begin with a word given in lower case, whatever case they are in. */
export function startsWithWord(bytes: Uint8Array, word: Uint8Array): boolean {
  if (bytes.length < word.length) return false;
  for (let i = 0; i < word.length; i += 1) {
    if (lowerCased(bytes[i] ?? 0) !== word[i]) return false;
  }
  return true;
}

export function equalsWord(bytes: Uint8Array, word: Uint8Array): boolean {
  return bytes.length === word.length && startsWithWord(bytes, word);
}

const HEX_DIGITS = new Int8Array(256).fill(-1);
for (const digits of ["0123456789abcdef", "0123456789ABCDEF"]) {
  for (const [value, digit] of [...digits].entries()) HEX_DIGITS[digit.charCodeAt(0)] = value;
}

/** The octet that two hexadecimal digits at `at` stand for, in either case; undefined if they are none. */
export function hexOctet(source: Buffer, at: number): number | undefined {
  const high = HEX_DIGITS[source[at] ?? 0] ?? -1;
  const low = HEX_DIGITS[source[at + 1] ?? 0] ?? -1;
  return (high | low) < 0 ? undefined : (high << 4) | low;
}

/** The offset after the line that `from` lies in; the end of the source if it has no more line ends. */
export function nextLine(source: Buffer, from: number): number {
  const lineFeed = source.indexOf(LF, from);
  return lineFeed === -1 ? source.length : lineFeed + 1;
}

/** Length of the line break at `at`: two for CRLF, one for a bare LF, nought for anything else. */
export function lineBreakLength(source: Buffer, at: number): 0 | 1 | 2 {
  if (source[at] === LF) return 1;
  return source[at] === CR && source[at + 1] === LF ? 2 : 0;
}
