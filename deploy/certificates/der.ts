/** The few DER encodings (ITU-T X.690) that a certificate consists of. Encoding only: nothing here reads what others wrote. */

export const BOOLEAN_TRUE = tagged(0x01, Buffer.from([0xff]));

export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

export function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

/** A whole number of one byte below 128. */
export function smallInteger(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]));
}

/** `bytes` must be positive and without a leading zero byte, as DER asks. */
export function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, "utf8"));
}

export function octetString(content: Buffer): Buffer {
  return tagged(0x04, content);
}

/** `unusedBits` of the last byte do not count. */
export function bitString(content: Buffer, unusedBits = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([unusedBits]), content]));
}

/** `hex` is the identifier's content, already encoded. */
export function objectIdentifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

/** From this year on RFC 5280 §4.1.2.5 asks for four digits. */
const FOUR_DIGIT_YEARS_SINCE = 2050;

/** To the second: `YYMMDDhhmmssZ`, or `YYYYMMDDhhmmssZ` from 2050 on. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/\D/g, "").slice(0, "YYYYMMDDhhmmss".length)}Z`;
  return date.getUTCFullYear() < FOUR_DIGIT_YEARS_SINCE
    ? tagged(0x17, Buffer.from(digits.slice(2), "ascii"))
    : tagged(0x18, Buffer.from(digits, "ascii"));
}

/** Tag, length, content. Lengths from 128 on are written as a count of bytes and the bytes. */
export function tagged(tag: number, content: Buffer): Buffer {
  const { byteLength } = content;
  if (byteLength < 0x80) return Buffer.concat([Buffer.from([tag, byteLength]), content]);
  const length = Buffer.from([byteLength >>> 8, byteLength & 0xff]).subarray(byteLength < 0x100 ? 1 : 0);
  return Buffer.concat([Buffer.from([tag, 0x80 | length.byteLength]), length, content]);
}
