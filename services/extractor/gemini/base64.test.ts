import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64Length, writeBase64 } from "./base64.ts";

// Real: the encoder, against Node's own.

describe("writeBase64", () => {
  it("equals Node's encoding for any bytes, at any offset", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (bytes, offset) => {
        const expected = Buffer.from(bytes).toString("base64");
        const target = Buffer.alloc(offset + base64Length(bytes.byteLength));
        writeBase64(bytes, target, offset);
        expect(target.subarray(offset).toString("latin1")).toBe(expected);
        expect(target.subarray(0, offset).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it("covers all 256 byte values in all positions", () => {
    const bytes = Buffer.from(Array.from({ length: 3 * 256 }, (_, index) => (index * 7) & 255));
    const target = Buffer.alloc(base64Length(bytes.byteLength));
    writeBase64(bytes, target, 0);
    expect(target.toString("latin1")).toBe(bytes.toString("base64"));
  });

  it("refuses a target that is too small instead of losing the end", () => {
    expect(() => writeBase64(Buffer.alloc(4), Buffer.alloc(7), 0)).toThrow(RangeError);
    expect(() => writeBase64(Buffer.alloc(3), Buffer.alloc(5), 2)).toThrow(RangeError);
  });
});
