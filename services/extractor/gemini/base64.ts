/**
 * Base64 (RFC 4648, section 4) from bytes to bytes. The platform's encoders make a string, which nobody can wipe.
 */

const ALPHABET = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "latin1");
const PADDING = "=".charCodeAt(0);

/** Twelve bits at a time: both characters of each value, first one in the low byte, for little-endian storage. */
const PAIRS = Uint16Array.from({ length: 4_096 }, (_, value) => at(value >> 6) | (at(value & 63) << 8));

function at(sextet: number): number {
  return ALPHABET[sextet] ?? PADDING;
}

/** Bytes that `byteLength` bytes become. */
export function base64Length(byteLength: number): number {
  return Math.ceil(byteLength / 3) * 4;
}

/** Writes the base64 of `source` into `target` from `offset` on. Throws a RangeError if it does not fit. */
export function writeBase64(source: Uint8Array, target: Buffer, offset: number): void {
  if (offset + base64Length(source.byteLength) > target.byteLength) throw new RangeError("base64 does not fit");
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const whole = source.byteLength - (source.byteLength % 3);
  let written = offset;
  for (let read = 0; read < whole; read += 3) {
    const bits = ((source[read] ?? 0) << 16) | ((source[read + 1] ?? 0) << 8) | (source[read + 2] ?? 0);
    view.setUint16(written, PAIRS[bits >> 12] ?? 0, true);
    view.setUint16(written + 2, PAIRS[bits & 4_095] ?? 0, true);
    written += 4;
  }
  if (whole < source.byteLength) writeTail(source.subarray(whole), target, written);
}

/** One or two bytes that are left over, padded to four characters. */
function writeTail(rest: Uint8Array, target: Buffer, offset: number): void {
  const bits = ((rest[0] ?? 0) << 16) | ((rest[1] ?? 0) << 8);
  target[offset] = at(bits >> 18);
  target[offset + 1] = at((bits >> 12) & 63);
  target[offset + 2] = rest.byteLength === 2 ? at((bits >> 6) & 63) : PADDING;
  target[offset + 3] = PADDING;
}
