import { ascii, equalsWord, isBlank, isLineBreak, QUOTE, SEMICOLON } from "./ascii.ts";
import { Base64Decoder, maxBase64Octets } from "./base64.ts";
import { QuotedPrintableDecoder } from "./quoted-printable.ts";
import type { TransferDecoder } from "./transfer-decoder.ts";

/** How a body was made fit for transport (RFC 2045, 6). 7bit, 8bit, binary and what nobody knows are no change at all. */
export type TransferEncoding = "identity" | "base64" | "quoted-printable";

const BASE64 = ascii("base64");
const QUOTED_PRINTABLE = ascii("quoted-printable");

/** Reads a Content-Transfer-Encoding field: a word, though some write it in quotes or with something behind it. */
export function parseTransferEncoding(value: Buffer): TransferEncoding {
  const isFiller = (byte: number | undefined) => isBlank(byte) || isLineBreak(byte) || byte === QUOTE;
  let start = 0;
  while (isFiller(value[start])) start += 1;
  let end = start;
  while (end < value.length && !isFiller(value[end]) && value[end] !== SEMICOLON) end += 1;
  const word = value.subarray(start, end);
  if (equalsWord(word, BASE64)) return "base64";
  return equalsWord(word, QUOTED_PRINTABLE) ? "quoted-printable" : "identity";
}

export function createDecoder(encoding: TransferEncoding, body: Buffer): TransferDecoder {
  switch (encoding) {
    case "identity":
      return new IdentityDecoder(body);
    case "base64":
      return new Base64Decoder(body);
    case "quoted-printable":
      return new QuotedPrintableDecoder(body);
  }
}

/** Bytes that a body can have at most when it is decoded. */
export function maxDecodedBytes(encoding: TransferEncoding, bodyBytes: number): number {
  return encoding === "base64" ? maxBase64Octets(bodyBytes) : bodyBytes;
}

class IdentityDecoder implements TransferDecoder {
  readonly #source: Buffer;
  #at = 0;

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
    const copied = this.#source.copy(target, from, this.#at, Math.min(this.#source.length, this.#at + maxInput));
    this.#at += copied;
    return from + copied;
  }
}
