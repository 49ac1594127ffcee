import { EQUALS, isBlank, isLineBreak, LF } from "../mime/ascii.ts";
import { createDecoder, type TransferEncoding } from "../mime/transfer-encoding.ts";
import { HeldBytes } from "./held-bytes.ts";
import { MultipartError } from "./multipart-error.ts";
import type { PartSink } from "./multipart-parser.ts";

/**
 * What is decoded in one go: whole quanta of base64, whole lines of quoted-printable. A line has at most 76 characters
 * (RFC 2045, 6.7); a part that says quoted-printable and has no line end in this many bytes is none.
 */
const BLOCK_BYTES = 1_024;

/**
 * Decodes a part on its way to its sink. RFC 7578, 4.7 has no transfer encodings any more; older clients do. Where there is
 * something in base64 that does not belong there, it is `malformed`: decoding the rest would be another document.
 */
export class DecodingSink implements PartSink, Disposable {
  readonly #encoding: TransferEncoding;
  readonly #sink: PartSink;
  readonly #block = new HeldBytes(BLOCK_BYTES);
  readonly #decoded = Buffer.alloc(BLOCK_BYTES);
  #isPadded = false;

  constructor(encoding: TransferEncoding, sink: PartSink) {
    this.#encoding = encoding;
    this.#sink = sink;
  }

  take(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const end = this.#endOfRun(bytes, at, Math.min(bytes.length, at + this.#block.room));
      this.#block.append(bytes.subarray(at, end));
      if (this.#block.room === 0) this.#decode(this.#wholeLength());
      at = end;
      while (this.#skips(bytes[at])) at += 1;
    }
  }

  end(): void {
    this.#decode(this.#block.length);
    this.#sink.end();
  }

  [Symbol.dispose](): void {
    this.#block[Symbol.dispose]();
    this.#decoded.fill(0);
  }

  /** Offset after the bytes that can be copied together. */
  #endOfRun(bytes: Buffer, from: number, until: number): number {
    if (this.#encoding !== "base64") return until;
    let end = from;
    while (end < until && !this.#skips(bytes[end])) end += 1;
    return end;
  }

  #skips(byte: number | undefined): boolean {
    return this.#encoding === "base64" && (isBlank(byte) || isLineBreak(byte));
  }

  /** How much of a full block can be decoded without what follows it. */
  #wholeLength(): number {
    return this.#encoding === "base64" ? BLOCK_BYTES : this.#block.view.lastIndexOf(LF) + 1;
  }

  #decode(length: number): void {
    if (this.#block.length === 0) return;
    const encoded = this.#block.view.subarray(0, length);
    const written = createDecoder(this.#encoding, encoded).decodeInto(this.#decoded, 0, length);
    if (length === 0 || (this.#encoding === "base64" && written !== this.#octetsOf(encoded))) {
      throw new MultipartError("malformed");
    }
    this.#sink.take(this.#decoded.subarray(0, written));
    this.#decoded.fill(0, 0, written);
    this.#block.release(length);
  }

  /** What base64 without blanks decodes to, if it is nothing but that; -1 if there cannot be any. */
  #octetsOf(encoded: Buffer): number {
    if (this.#isPadded) return -1;
    let characters = encoded.length;
    while (encoded.length - characters < 2 && encoded[characters - 1] === EQUALS) characters -= 1;
    this.#isPadded = characters < encoded.length;
    return characters % 4 === 1 || (this.#isPadded && encoded.length % 4 !== 0) ? -1 : Math.floor((characters * 3) / 4);
  }
}
