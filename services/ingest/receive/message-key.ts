import { createHash } from "node:crypto";

const FIELD = Buffer.from("message-id:", "ascii");
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const ASCII_LOWER_BIT = 0x20;

/**
 * What tells one message from another on every redelivery: a digest of its Message-ID, or of the whole header block where
 * it has none. Works on the bytes: a header block is content and makes no string.
 */
export function messageKeyOf(headers: Buffer): Buffer {
  return createHash("sha256")
    .update(messageIdOf(headers) ?? headers)
    .digest();
}

/** The field's value without surrounding white space, folded lines included (RFC 5322, 2.2.3). */
function messageIdOf(headers: Buffer): Buffer | undefined {
  for (let start = 0; start < headers.length; start = endOfLine(headers, start)) {
    if (!startsWithField(headers, start)) continue;
    let end = endOfLine(headers, start);
    while (isBlank(headers[end])) end = endOfLine(headers, end);
    const id = trimmed(headers.subarray(start + FIELD.length, end));
    // An empty one tells nothing apart.
    return id.length > 0 ? id : undefined;
  }
  return undefined;
}

/** The offset after the next line end. */
function endOfLine(headers: Buffer, from: number): number {
  const lineFeed = headers.indexOf(LF, from);
  return lineFeed === -1 ? headers.length : lineFeed + 1;
}

function startsWithField(headers: Buffer, start: number): boolean {
  // Setting the bit lower-cases letters and leaves "-" and ":" as they are.
  return FIELD.every((byte, offset) => ((headers[start + offset] ?? 0) | ASCII_LOWER_BIT) === byte);
}

function trimmed(value: Buffer): Buffer {
  let [start, end] = [0, value.length];
  while (start < end && isSpace(value[start])) start += 1;
  while (end > start && isSpace(value[end - 1])) end -= 1;
  return value.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function isSpace(byte: number | undefined): boolean {
  return isBlank(byte) || byte === CR || byte === LF;
}
