import { CR, EQUALS, isBlank, isLineBreak, LF, lineBreakLength } from "./ascii.ts";
import { MAX_PADDING_BYTES } from "./bounds.ts";
import type { TransferDecoder } from "./transfer-decoder.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SEXTETS = new Int8Array(256).fill(-1);
for (const [value, character] of [...ALPHABET].entries()) SEXTETS[character.charCodeAt(0)] = value;

/** How much of a line is looked at to tell base64 from text. */
const LINE_SAMPLE_BYTES = MAX_PADDING_BYTES;

/**
 * Base64 (RFC 2045, 6.8) from bytes to bytes; the platform's decoders want a string, which nobody can wipe. Takes what
 * mailers and the gateways behind them make of it: characters that are not of the alphabet are passed over, line ends may
 * be anywhere, padding may be missing. After padding only lines that are base64 to the last character are decoded, so that
 * a document encoded in several pieces is read whole and a footer below it is not.
 */
export class Base64Decoder implements TransferDecoder {
  readonly #source: Buffer;
  #at = 0;
  #bits = 0;
  #held = 0;
  /** Up to here the text after padding was seen to be base64 and need not be looked at again. */
  #seenUntil = 0;
  #padded = false;

  constructor(source: Buffer) {
    this.#source = source;
  }

  get consumed(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#source.length && this.#held < 2;
  }

  decodeInto(target: Buffer, from: number, maxInput: number): number {
    const source = this.#source;
    const stop = Math.min(source.length, this.#at + maxInput);
    const full = target.length - 2;
    let at = this.#at;
    let written = from;
    while (at < stop && written < full) {
      if (this.#held === 0) {
        while (at + 3 < stop && written < full) {
          const a = SEXTETS[source[at] ?? 0] ?? -1;
          const b = SEXTETS[source[at + 1] ?? 0] ?? -1;
          const c = SEXTETS[source[at + 2] ?? 0] ?? -1;
          const d = SEXTETS[source[at + 3] ?? 0] ?? -1;
          if ((a | b | c | d) < 0) break;
          target[written] = (a << 2) | (b >> 4);
          target[written + 1] = (b << 4) | (c >> 2);
          target[written + 2] = (c << 6) | d;
          at += 4;
          written += 3;
        }
        if (at >= stop || written >= full) break;
      }
      const byte = source[at] ?? 0;
      const sextet = SEXTETS[byte] ?? -1;
      at += 1;
      if (sextet >= 0) {
        this.#bits = (this.#bits << 6) | sextet;
        this.#held += 1;
        if (this.#held === 4) written = this.#release(target, written);
      } else if (byte === EQUALS && this.#held >= 2) {
        written = this.#release(target, written);
        at = this.#afterPadding(at);
      } else if (byte === LF && this.#padded) {
        at = this.#nextLineOfBase64(at);
      }
    }
    this.#at = at;
    if (at >= source.length && this.#held >= 2 && written < full) written = this.#release(target, written);
    return written;
  }

  /** Writes the whole octets of the quantum: a character fewer than it has. */
  #release(target: Buffer, from: number): number {
    const octets = this.#held - 1;
    const bits = this.#bits << (6 * (4 - this.#held));
    for (let i = 0; i < octets; i += 1) target[from + i] = bits >> (16 - 8 * i);
    this.#bits = 0;
    this.#held = 0;
    return from + octets;
  }

  /** Where decoding goes on after padding: at another piece, which is whole quanta of four characters, or not at all. */
  #afterPadding(from: number): number {
    const source = this.#source;
    this.#padded = true;
    let at = from;
    while (at < source.length && (source[at] === EQUALS || isBlank(source[at]) || isLineBreak(source[at]))) at += 1;
    if (at < this.#seenUntil) return at;
    const line = sampleLine(source, at);
    this.#seenUntil = line.end;
    return line.isBase64 && line.characters % 4 === 0 ? at : source.length;
  }

  #nextLineOfBase64(from: number): number {
    return isBlankLine(this.#source, from) || isBase64Line(this.#source, from) ? from : this.#source.length;
  }
}

/** Octets that `length` characters can be at most. */
export function maxBase64Octets(length: number): number {
  return Math.ceil(length / 4) * 3;
}

/** Whether the line at `at` could be base64: nothing but the alphabet and padding. */
export function isBase64Line(source: Buffer, at: number): boolean {
  return sampleLine(source, at).isBase64;
}

function isBlankLine(source: Buffer, at: number): boolean {
  return at >= source.length || lineBreakLength(source, at) > 0;
}

/** Looks at the beginning of a line. `characters` is a multiple of four if it is whole quanta, or longer than is looked at. */
function sampleLine(source: Buffer, from: number) {
  const stop = Math.min(source.length, from + LINE_SAMPLE_BYTES);
  let at = from;
  while (at < stop && ((SEXTETS[source[at] ?? 0] ?? -1) >= 0 || source[at] === EQUALS)) at += 1;
  const characters = at - from;
  while (at < stop && (isBlank(source[at]) || source[at] === CR)) at += 1;
  const ended = at === source.length || source[at] === LF;
  return {
    end: at,
    characters: at === stop && !ended ? LINE_SAMPLE_BYTES : characters,
    isBase64: characters > 0 && (ended || at === stop),
  };
}
