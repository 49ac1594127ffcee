import { EQUALS, hexOctet, isBlank, lineBreakLength } from "./ascii.ts";
import { MAX_PADDING_BYTES } from "./bounds.ts";
import type { TransferDecoder } from "./transfer-decoder.ts";

/** How much of a body is looked at to tell whether it is quoted-printable at all. */
const SAMPLE_BYTES = 64 * 1024;

/**
 * Quoted-printable (RFC 2045, 6.7) from bytes to bytes. Digits may be in either case; an equals sign that escapes nothing
 * stands for itself; white space at the end of a line was added on the way and is dropped; line ends stay as they are.
 */
export class QuotedPrintableDecoder implements TransferDecoder {
  readonly #source: Buffer;
  #at = 0;
  /** White space up to here is known to belong to the text. */
  #literalUntil = 0;

  constructor(source: Buffer) {
    this.#source = source;
  }

  get consumed(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  decodeInto(target: Buffer, from: number, maxInput: number): number {
    const source = this.#source;
    const stop = Math.min(source.length, this.#at + maxInput);
    let at = this.#at;
    let written = from;
    while (at < stop && written < target.length) {
      const byte = source[at] ?? 0;
      if (byte === EQUALS) {
        const octet = hexOctet(source, at + 1);
        const next = octet === undefined ? afterSoftBreak(source, at + 1) : at + 3;
        if (octet !== undefined || next === undefined) {
          target[written] = octet ?? EQUALS;
          written += 1;
        }
        at = next ?? at + 1;
      } else if (isBlank(byte) && at >= this.#literalUntil) {
        const end = endOfBlanks(source, at);
        if (end === source.length || lineBreakLength(source, end) > 0) at = end;
        else this.#literalUntil = end;
      } else {
        target[written] = byte;
        written += 1;
        at += 1;
      }
    }
    this.#at = at;
    return written;
  }
}

/**
 * Whether bytes that claim to be quoted-printable are. A message may not be encoded (RFC 2045, 6.4), so many that claim it
 * are not, and decoding one would eat the line ends behind its base64. Encoded text has no bare equals sign.
 */
export function isQuotedPrintable(source: Buffer): boolean {
  const end = Math.min(source.length, SAMPLE_BYTES);
  for (let at = source.indexOf(EQUALS); at !== -1 && at < end; at = source.indexOf(EQUALS, at + 1)) {
    if (hexOctet(source, at + 1) === undefined && afterSoftBreak(source, at + 1) === undefined) return false;
  }
  return true;
}

/** The offset after a line end that an equals sign before `from` takes away; undefined if there is none. */
function afterSoftBreak(source: Buffer, from: number): number | undefined {
  const end = endOfBlanks(source, from);
  if (end === source.length) return end;
  const lineBreak = lineBreakLength(source, end);
  return lineBreak === 0 ? undefined : end + lineBreak;
}

function endOfBlanks(source: Buffer, from: number): number {
  let at = from;
  while (at - from < MAX_PADDING_BYTES && isBlank(source[at])) at += 1;
  return at;
}
