import { ascii, startsWithWord } from "./ascii.ts";
import { endsToken, OPENING_PARENTHESIS, parameterOf, skipFiller } from "./parameters.ts";

export interface ContentType {
  /** `type/subtype` as it stands in the message: a view, in any case; empty if the field is. */
  readonly type: Buffer;
  /** Of a multipart, without quotes: a copy that its holder wipes. Undefined if it has none. */
  readonly boundary: Buffer | undefined;
}

const MULTIPART = ascii("multipart/");
const BOUNDARY = ascii("boundary");

/** A Content-Type (RFC 2045, 5.1) as the bytes after the colon, folding included: what the structure needs of it. */
export function parseContentType(value: Buffer): ContentType {
  const start = skipFiller(value, 0);
  let end = start;
  while (end < value.length && !endsToken(value[end]) && value[end] !== OPENING_PARENTHESIS) end += 1;
  const type = value.subarray(start, end);
  return { type, boundary: startsWithWord(type, MULTIPART) ? boundaryOf(value, end) : undefined };
}

function boundaryOf(field: Buffer, from: number): Buffer | undefined {
  const { whole, joined } = parameterOf(field, BOUNDARY, from);
  if (whole !== undefined) joined?.fill(0);
  return whole ?? joined;
}
