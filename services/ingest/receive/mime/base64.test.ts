// Real: the decoder. Doubled: nothing; what it should give is said by the platform's own base64.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Base64Decoder, maxBase64Octets } from "./base64.ts";
import type { TransferDecoder } from "./transfer-decoder.ts";

/** Decodes through a small buffer, a few characters at a time, so that every place is a place to stop at once. */
function decoded(decoder: TransferDecoder, scratchBytes = 64, maxInput = 64): Buffer {
  const scratch = Buffer.alloc(scratchBytes);
  const pieces: Buffer[] = [];
  while (!decoder.done) pieces.push(Buffer.from(scratch.subarray(0, decoder.decodeInto(scratch, 0, maxInput))));
  return Buffer.concat(pieces);
}

const decode = (text: string) => decoded(new Base64Decoder(Buffer.from(text, "latin1"))).toString("latin1");

describe("base64", () => {
  it.each([
    ["nothing", "", ""],
    ["white space only", " \r\n\t\r\n", ""],
    ["one octet", "QQ==", "A"],
    ["two octets", "QUI=", "AB"],
    ["three octets", "QUJD", "ABC"],
    ["no padding after one octet", "QUJDRA", "ABCD"],
    ["no padding after two octets", "QUJDREU", "ABCDE"],
    ["too little padding", "QUJDRA=", "ABCD"],
    ["too much padding", "QUJDRA======", "ABCD"],
    ["a lone character at the end", "QUJDR", "ABC"],
    ["line ends anywhere", "Q\r\nU\nJ\r\n\r\nD", "ABC"],
    ["a bare CR and tabs", "QU\rJ\tD", "ABC"],
    ["characters that are not of the alphabet", "Q!U*J-D_\x80\xff\x00", "ABC"],
    ["padding where none can be", "=QUJD", "ABC"],
    ["padding after one character", "Q=UJD", "ABC"],
    ["a footer below padding", "QUJDRA==\r\n--\r\nthis mail was scanned\r\n", "ABCD"],
    ["a footer on the line of the padding", "QUJDRA== scanned by nobody", "ABCD"],
    ["a footer of two words", "QUJDRA==\r\nBest regards", "ABCD"],
    ["a footer of one word", "QUJDRA==\r\nregards", "ABCD"],
    ["pieces that are padded each", "QQ==\r\nQUI=\r\nQUJD\r\n", "AABABC"],
    ["pieces that are padded each on one line", "QQ==QUI=QUJD", "AABABC"],
    ["pieces and a footer below", "QQ==\r\nQUJD\r\nthis is no base64\r\n", "AABC"],
    ["a blank line between pieces", "QQ==\r\n\r\nQUJD\r\n\r\nQUJD", "AABCABC"],
  ])("decodes %s", (_name, encoded, plain) => {
    expect(decode(encoded)).toBe(plain);
  });

  it("gives what the platform gives, however the text is broken, garbled and stopped at", () => {
    const garbage = fc.constantFrom("", "", "", "\r\n", "\n", " ", "!", "-", "\x00", "\xff", "~");
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.infiniteStream(garbage),
        fc.boolean(),
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (bytes, filler, padded, scratchBytes, maxInput) => {
          const encoded = Buffer.from(bytes).toString("base64");
          const characters = padded ? [...encoded] : [...encoded.replaceAll("=", "")];
          const garbled = characters.map((character) => {
            const between = character === "=" ? "" : (filler.next().value ?? "");
            return `${between}${character}`;
          });
          const source = Buffer.from(garbled.join(""), "latin1");
          expect(decoded(new Base64Decoder(source), scratchBytes, maxInput)).toEqual(Buffer.from(bytes));
          expect(bytes.length).toBeLessThanOrEqual(maxBase64Octets(source.length));
        },
      ),
    );
  });

  it("reads text that is half padding", () => {
    const source = Buffer.alloc(2 * 1024 * 1024, "QQ==");
    expect(decoded(new Base64Decoder(source), 65_536, 65_536)).toEqual(Buffer.alloc(source.length / 4, "A"));
  });
});
