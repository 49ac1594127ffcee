import { ascii } from "./ascii.ts";

/** What the image formats of mail and web begin with, and where. */
const SIGNATURES: readonly (readonly { readonly at: number; readonly bytes: Buffer }[])[] = [
  // PNG (RFC 2083, 3.1).
  [{ at: 0, bytes: ascii("\x89PNG\r\n\x1a\n") }],
  // JPEG: start of image, and the first byte of the next marker.
  [{ at: 0, bytes: ascii("\xff\xd8\xff") }],
  // GIF 87a and 89a.
  [{ at: 0, bytes: ascii("GIF8") }],
  // WebP (RFC 9649, 2.4): between the two stands a size.
  [
    { at: 0, bytes: ascii("RIFF") },
    { at: 8, bytes: ascii("WEBP") },
  ],
  // BMP: two letters would fit too much else; behind the size, four bytes are reserved and nought.
  [
    { at: 0, bytes: ascii("BM") },
    { at: 6, bytes: ascii("\0\0\0\0") },
  ],
];

/** Whether a file that begins with `head` is a picture in one of the formats that mails are decorated with. */
export function isImage(head: Buffer): boolean {
  return SIGNATURES.some((signature) =>
    signature.every(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes)),
  );
}
