// Real: the decoder. Doubled: nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isQuotedPrintable, QuotedPrintableDecoder } from "./quoted-printable.ts";

function decoded(source: Buffer, scratchBytes = 64, maxInput = 64): Buffer {
  const decoder = new QuotedPrintableDecoder(source);
  const scratch = Buffer.alloc(scratchBytes);
  const pieces: Buffer[] = [];
  while (!decoder.done) pieces.push(Buffer.from(scratch.subarray(0, decoder.decodeInto(scratch, 0, maxInput))));
  return Buffer.concat(pieces);
}

describe("quoted-printable", () => {
  it.each([
    ["nothing", "", ""],
    ["upper-case digits", "=E9=3D", "\xe9="],
    ["lower-case digits", "=e9=3d", "\xe9="],
    ["a soft break", "a=\r\nb", "ab"],
    ["a soft break with a bare LF", "a=\nb", "ab"],
    ["a soft break with white space behind it", "a= \t\r\nb", "ab"],
    ["a soft break at the end", "a=", "a"],
    ["line ends as they are", "a\r\nb\nc", "a\r\nb\nc"],
    ["white space at the end of a line", "a \t\r\nb  ", "a\r\nb"],
    ["white space inside a line", "a \tb", "a \tb"],
    ["encoded white space at the end of a line", "a=20\r\nb=09", "a \r\nb\t"],
    ["equals signs that escape nothing", "a=XY b=4 c==3D =", "a=XY b=4 c== "],
    ["a bare CR behind an equals sign", "a=\rb", "a=\rb"],
    ["eight-bit bytes", "\x80\xff", "\x80\xff"],
  ])("decodes %s", (_name, encoded, plain) => {
    expect(decoded(Buffer.from(encoded, "latin1")).toString("latin1")).toBe(plain);
  });

  it("gives back what was encoded, wherever it is broken and stopped at", () => {
    const style = fc.constantFrom("plain", "upper", "lower", "soft");
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.infiniteStream(style),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (bytes, styles, scratchBytes, maxInput) => {
          const encoded = [...bytes].map((byte) => {
            const hex = byte.toString(16).padStart(2, "0");
            const chosen = styles.next().value;
            const plain = byte > 0x20 && byte !== 0x3d && byte < 0x7f && chosen !== "upper";
            const text = plain ? String.fromCharCode(byte) : `=${chosen === "lower" ? hex : hex.toUpperCase()}`;
            return chosen === "soft" ? `${text}=\r\n` : text;
          });
          const source = Buffer.from(encoded.join(""), "latin1");
          expect(decoded(source, scratchBytes, maxInput)).toEqual(Buffer.from(bytes));
          expect(isQuotedPrintable(source)).toBe(true);
        },
      ),
    );
  });

  it("keeps white space that is longer than a line's padding may be", () => {
    const spaces = Buffer.alloc(5_000, " ");
    expect(decoded(Buffer.concat([spaces, Buffer.from("x")])).length).toBe(5_001);
  });

  it.each([
    ["a bare equals sign in a parameter", 'boundary="x"', false],
    ["base64 padding at the end of a line", "QQ==\r\n", false],
    ["escapes and soft breaks", "boundary=3D=22x=\r\ny=22", true],
    ["no equals sign at all", "plain", true],
  ])("tells text with %s from quoted-printable", (_name, text, is) => {
    expect(isQuotedPrintable(Buffer.from(text, "latin1"))).toBe(is);
  });
});
