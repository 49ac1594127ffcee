// Real: the signatures. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { isImage } from "./is-image.ts";

describe("a picture by its bytes", () => {
  it.each([
    ["PNG", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", true],
    ["JPEG of a camera", "\xff\xd8\xff\xe1\0\x18Exif", true],
    ["JPEG", "\xff\xd8\xff\xe0\0\x10JFIF", true],
    ["GIF", "GIF89a\x01\0\x01\0", true],
    ["old GIF", "GIF87a\x01\0\x01\0", true],
    ["WebP", "RIFF\x24\0\0\0WEBPVP8 ", true],
    ["BMP", "BM\x36\0\0\0\0\0\0\0\x36\0", true],
    ["PNG that lost its eighth bit", "\tPNG\r\n\x1a\n", false],
    ["sound", "RIFF\x24\0\0\0WAVEfmt ", false],
    ["text", "BM2026 invoice\n", false],
    ["PDF", "%PDF-1.7\n", false],
    ["TIFF, as scanners and fax machines send", "II*\0\x08\0\0\0", false],
    ["something that begins with too little", "\xff\xd8", false],
    ["nothing", "", false],
  ])("%s is told", (_name, head, expected) => {
    expect(isImage(Buffer.from(head, "latin1"))).toBe(expected);
  });
});
