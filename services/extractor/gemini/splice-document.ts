import { randomUUID } from "node:crypto";
import { base64Length, writeBase64 } from "./base64.ts";

/**
 * Stands where the document belongs in a request that the SDK has built. Needs no escaping in JSON, and is in no tenant's
 * description of a field.
 */
export const DOCUMENT_PLACEHOLDER = `{{document-${randomUUID()}}}`;

/**
 * The bytes of a request: `json` as UTF-8, with the base64 of `document` in the place of the placeholder. The result is
 * an allocation of its own, which the caller wipes. Throws if there is not exactly one placeholder.
 */
export function spliceDocument(json: string, document: Uint8Array): Buffer {
  const [head, tail, ...more] = json.split(DOCUMENT_PLACEHOLDER);
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new Error("a request must carry the document's placeholder exactly once");
  }
  const headBytes = Buffer.byteLength(head);
  const documentBytes = base64Length(document.byteLength);
  // Not zeroed beforehand: every byte is written below.
  const body = Buffer.allocUnsafeSlow(headBytes + documentBytes + Buffer.byteLength(tail));
  body.write(head, 0);
  writeBase64(document, body, headBytes);
  body.write(tail, headBytes + documentBytes);
  return body;
}
