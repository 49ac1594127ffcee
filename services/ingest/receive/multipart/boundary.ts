import { ascii, equalsWord, SPACE } from "../mime/ascii.ts";
import { parseContentType } from "../mime/content-type.ts";

/** RFC 2046, 5.1.1 allows 70; real clients exceed that. Bounds what a possible delimiter holds back. */
export const MAX_BOUNDARY_BYTES = 256;

const FORM_DATA = ascii("multipart/form-data");
const LAST_VISIBLE = 0x7e;

/**
 * The boundary that a request's Content-Type names (RFC 2045, 5.1), without quotes. `malformed` if there is none, it is too
 * long, or it holds a control or 8-bit character; signs that RFC 2046 does not list are taken, because clients use them.
 */
export function boundaryOf(contentType: string | undefined): Buffer | "not_multipart" | "malformed" {
  const { type, boundary } = parseContentType(ascii(contentType ?? ""));
  if (!equalsWord(type, FORM_DATA)) return "not_multipart";
  if (boundary === undefined || boundary.length > MAX_BOUNDARY_BYTES) return "malformed";
  return boundary.every((byte) => byte >= SPACE && byte <= LAST_VISIBLE) ? boundary : "malformed";
}
