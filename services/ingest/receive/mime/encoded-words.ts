import { ascii, equalsWord, isBlank } from "./ascii.ts";
import { createDecoder, type TransferEncoding } from "./transfer-encoding.ts";

interface EncodedWord {
  readonly encoding: TransferEncoding;
  readonly text: Buffer;
  readonly start: number;
  readonly end: number;
}

const QUESTION_MARK = 0x3f;
const OPENING = ascii("=?");
const CLOSING = ascii("?=");
const B = ascii("b");
const Q = ascii("q");
/** The letter that says how a word is encoded, with the question mark behind it. */
const LETTER_BYTES = 2;
/** A decoder wants room for three bytes. */
const SPARE_BYTES = 3;

/**
 * Decodes the encoded words in a value (RFC 2047): the octets of their charset, whatever it is. An underscore stays one. A
 * copy that its holder wipes.
 */
export function decodeWords(value: Buffer): Buffer {
  // Up to 64 bytes, `Buffer.alloc` would lie in V8's heap, and leave a copy there when a part of them is looked at.
  const decoded = Buffer.from(new ArrayBuffer(value.length + SPARE_BYTES));
  let length = 0;
  let at = 0;
  for (let word = nextWord(value, at); word !== undefined; word = nextWord(value, at)) {
    const between = value.subarray(at, word.start);
    // White space between two encoded words is none of the text (RFC 2047, 6.2).
    if (at === 0 || !between.every((byte) => isBlank(byte))) length += between.copy(decoded, length);
    length = createDecoder(word.encoding, word.text).decodeInto(decoded, length, word.text.length);
    at = word.end;
  }
  length += value.subarray(at).copy(decoded, length);
  return decoded.subarray(0, length);
}

/** The next `=?charset?B?text?=`. No byte is looked at by two calls, nor more than twice by one. */
function nextWord(value: Buffer, from: number): EncodedWord | undefined {
  for (let start = value.indexOf(OPENING, from); start !== -1; start = value.indexOf(OPENING, start + 1)) {
    const letter = value.indexOf(QUESTION_MARK, start + OPENING.length) + 1;
    const encoding = encodingOf(value.subarray(letter, letter + 1));
    if (letter === 0 || encoding === undefined || value[letter + 1] !== QUESTION_MARK) continue;
    const textStart = letter + LETTER_BYTES;
    const textEnd = value.indexOf(CLOSING, textStart);
    if (textEnd === -1) return undefined;
    return { encoding, text: value.subarray(textStart, textEnd), start, end: textEnd + CLOSING.length };
  }
  return undefined;
}

function encodingOf(letter: Buffer): TransferEncoding | undefined {
  if (equalsWord(letter, B)) return "base64";
  return equalsWord(letter, Q) ? "quoted-printable" : undefined;
}
