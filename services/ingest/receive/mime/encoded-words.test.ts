// Real: the decoder. Doubled: nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWords } from "./encoded-words.ts";

const decode = (text: string) => decodeWords(Buffer.from(text, "latin1")).toString("latin1");

describe("encoded words", () => {
  it.each([
    ["none", "a b.pdf", "a b.pdf"],
    ["nothing", "", ""],
    ["base64", "=?utf-8?B?YS5wZGY=?=", "a.pdf"],
    ["base64 without padding", "=?utf-8?b?YS5wZGY?=", "a.pdf"],
    ["quoted-printable", "=?iso-8859-1?Q?=E4=2epdf?=", "\xe4.pdf"],
    ["a language (RFC 2231, 5)", "=?us-ascii*en?q?a.pdf?=", "a.pdf"],
    ["an empty one", "=?utf-8?Q??=", ""],
    ["two with white space between them", "=?utf-8?B?YS5w?= \t=?utf-8?Q?df?=", "a.pdf"],
    ["two without", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"],
    ["text around them", "a =?utf-8?Q?b?= c =?utf-8?Q?d?=.pdf", "a b c d.pdf"],
    ["an unknown encoding", "=?utf-8?X?a?=", "=?utf-8?X?a?="],
    ["one that does not end", "=?utf-8?B?YS5wZGY=", "=?utf-8?B?YS5wZGY="],
    ["one that has no encoding", "=?utf-8?=", "=?utf-8?="],
    ["one behind what looks like one", "=?=?utf-8?Q?b?=", "=?b"],
  ])("of %s are decoded", (_name, text, expected) => {
    expect(decode(text)).toBe(expected);
  });

  it("give back any text, however it is split and encoded", () => {
    const piece = fc.tuple(fc.string({ minLength: 1 }), fc.constantFrom("B", "q"));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const words = pieces.map(([text, encoding]) => {
          const bytes = Buffer.from(text);
          const hex = bytes.toString("hex").replace(/../g, "=$&");
          return `=?utf-8?${encoding}?${encoding === "B" ? bytes.toString("base64") : hex}?=`;
        });
        const decoded = decodeWords(Buffer.from(words.join(" ")));
        expect(decoded.toString()).toBe(pieces.map(([text]) => text).join(""));
      }),
    );
  });

  it("are read in a bounded number of looks at each byte", () => {
    for (const piece of ["=?", "=?a?b?", "=?a?b??=", "=?a", "?=", "=?a?q?=", "=?a?x?"]) {
      // Generous: the dearest takes a twentieth of that. Anything quadratic takes a minute.
      const started = performance.now();
      decode(piece.repeat(Math.ceil(1_000_000 / piece.length)));
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  });
});
