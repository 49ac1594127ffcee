// Real: the parser. Doubled: nothing.

import { processorMsOf } from "@flowstate/local/testing/processor-time.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseContentType } from "./content-type.ts";

const parse = (value: string) => {
  const { type, boundary } = parseContentType(Buffer.from(value, "latin1"));
  return [type.toString("latin1"), boundary?.toString("latin1")];
};

/** Of processor time. It is a few; with one look at the rest for each piece it is hundreds, or thousands. */
const MAX_COST_MS = 100;

describe("Content-Type", () => {
  it.each([
    ["a type alone", " application/pdf\r\n", "application/pdf", undefined],
    ["an empty field", " \r\n", "", undefined],
    ["a boundary", " multipart/mixed; boundary=abc", "multipart/mixed", "abc"],
    ["a boundary in quotes", ' multipart/mixed; boundary="a b:c"', "multipart/mixed", "a b:c"],
    ["any case", " Multipart/MIXED; BOUNDARY=aBc", "Multipart/MIXED", "aBc"],
    ["folding", ' multipart/mixed;\r\n\tcharset=x;\r\n boundary="abc"\r\n', "multipart/mixed", "abc"],
    ["folding behind the equals sign", ' multipart/mixed; boundary=\r\n "abc"', "multipart/mixed", "abc"],
    ["folding inside the quotes", ' multipart/mixed; boundary="ab\r\n c"', "multipart/mixed", "ab c"],
    ["no semicolon", ' multipart/mixed\r\n\tboundary="abc"', "multipart/mixed", "abc"],
    ["commas for semicolons", " multipart/mixed, boundary=abc", "multipart/mixed", "abc"],
    ["white space around the equals sign", ' multipart/mixed; boundary = "abc"', "multipart/mixed", "abc"],
    ["special characters without quotes", " multipart/mixed; boundary==_a(b)/c?d:e", "multipart/mixed", "=_a(b)/c?d:e"],
    ["escapes", ' multipart/mixed; boundary="a\\"b\\\\c"', "multipart/mixed", 'a"b\\c'],
    ["no closing quote", ' multipart/mixed; boundary="abc\r\n', "multipart/mixed", "abc"],
    [
      "no closing quote before another parameter",
      ' multipart/mixed; boundary="abc; charset=x',
      "multipart/mixed",
      "abc",
    ],
    ["white space at the end", ' multipart/mixed; boundary="abc \t"', "multipart/mixed", "abc"],
    ["white space at the beginning", ' multipart/mixed; boundary=" abc"', "multipart/mixed", " abc"],
    ["an empty boundary", ' multipart/mixed; boundary=""; x=y', "multipart/mixed", undefined],
    ["two boundaries", " multipart/mixed; boundary=a; boundary=b", "multipart/mixed", "a"],
    ["a boundary inside another value", ' multipart/mixed; x="; boundary=a"; boundary=b', "multipart/mixed", "b"],
    ["comments", " multipart/mixed (a (b\\) boundary=x)); boundary=c (d)", "multipart/mixed", "c"],
    ["a comment that does not end", " multipart/mixed; (x\r\n boundary=c", "multipart/mixed", "c"],
    ["another parameter that begins so", " multipart/mixed; boundaries=a; boundary=b", "multipart/mixed", "b"],
    ["a boundary of something that is no multipart", " text/plain; boundary=a", "text/plain", undefined],
    ["sections (RFC 2231)", ' multipart/mixed; boundary*0="abc"; boundary*1=def', "multipart/mixed", "abcdef"],
    ["sections out of order", " multipart/mixed; boundary*1=def; boundary*0=abc", "multipart/mixed", "abcdef"],
    ["a section that comes twice", " multipart/mixed; boundary*0=abc; boundary*0=def", "multipart/mixed", "abc"],
    ["sections with a gap", " multipart/mixed; boundary*0=abc; boundary*2=def", "multipart/mixed", "abc"],
    [
      "sections that are encoded",
      " multipart/mixed; boundary*0*=us-ascii'en'a%20; boundary*1*=%62; boundary*2=%63",
      "multipart/mixed",
      "a b%63",
    ],
    ["an encoded value", " multipart/mixed; boundary*=us-ascii''a%3Db%zz", "multipart/mixed", "a=b%zz"],
    ["a plain boundary besides sections", " multipart/mixed; boundary*0=abc; boundary=def", "multipart/mixed", "def"],
    [
      "more sections than are read",
      ` multipart/mixed; ${Array.from({ length: 99 }, (_, n) => `boundary*${n}=x`).join(";")}`,
      "multipart/mixed",
      "x".repeat(64),
    ],
    [
      "a section number that is none",
      " multipart/mixed; boundary*9999999999999999999=a; boundary*x=b",
      "multipart/mixed",
      undefined,
    ],
  ])("reads %s", (_name, value, type, boundary) => {
    expect(parse(value)).toEqual([type, boundary]);
  });

  it("reads any boundary that a mailer may write, in each way to write it", () => {
    const character = fc.constantFrom(...ALLOWED, " ");
    const boundary = fc.array(character, { minLength: 1, maxLength: 70 }).map((text) => `${text.join("")}z`);
    const percent = (text: string) =>
      text.replace(/[^\w]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
    fc.assert(
      fc.property(boundary, fc.nat({ max: 70 }), (text, split) => {
        const [head, tail] = [text.slice(0, split), text.slice(split)];
        expect(parse(` multipart/mixed; boundary="${text}"`)[1]).toBe(text);
        expect(parse(` multipart/mixed; boundary*0="${head}"; boundary*1="${tail}"`)[1]).toBe(text);
        expect(parse(` multipart/mixed; boundary*=''${percent(text)}`)[1]).toBe(text);
        if (!/[ ,]/.test(text)) expect(parse(` multipart/mixed; boundary=${text}`)[1]).toBe(text);
      }),
    );
  });

  it("reads a long field in one look at each byte", async () => {
    for (const piece of ["(", "((a)", 'a="\\;', "a=b;", "=", '"', "boundary*0=x;", "\\", "boundary*=%;"]) {
      const field = Buffer.from(` multipart/mixed; ${piece.repeat(Math.ceil(65_536 / piece.length))}`, "latin1");
      expect(await processorMsOf(() => parseContentType(field))).toBeLessThan(MAX_COST_MS);
    }
  });
});

/** The characters of a boundary without the space (RFC 2046, 5.1.1). */
const ALLOWED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=?";
