// Real: the search. Doubled: nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PADDING_BYTES } from "./bounds.ts";
import { type Delimiter, OpenMultiparts } from "./delimiters.ts";

function opened(...boundaries: string[]): OpenMultiparts {
  const open = new OpenMultiparts();
  for (const [depth, text] of boundaries.entries()) open.push({ boundary: Buffer.from(text), depth, isDigest: false });
  return open;
}

/** Every delimiter of a text, searched for in ranges of so many bytes. */
function delimitersOf(text: string, open: OpenMultiparts, rangeBytes: number): Delimiter[] {
  const source = Buffer.from(text, "latin1");
  const found: Delimiter[] = [];
  let at = 0;
  while (at < source.length) {
    const until = Math.min(at + rangeBytes, source.length);
    const delimiter = open.search(source, at, until);
    if (delimiter !== undefined) found.push(delimiter);
    at = delimiter?.next ?? until;
  }
  return found;
}

describe("delimiters of open multiparts", () => {
  it.each<[string, string, Partial<Delimiter> | undefined]>([
    ["a delimiter", "--a\nx", { level: 0, closes: false, next: 4 }],
    ["a closing delimiter", "--a--\r\nx", { level: 0, closes: true, next: 7 }],
    ["a delimiter at the end", "--a", { level: 0, closes: false, next: 3 }],
    ["a delimiter with white space", "--a \t\r\nx", { level: 0, closes: false, next: 7 }],
    ["the delimiter of the inner multipart", "--ab\n", { level: 1 }],
    ["the innermost of two alike", "--ab--\n", { level: 1, closes: true }],
    ["a line that only begins so", "--abc\n", undefined],
    ["a line with one dash behind", "--a-\n", undefined],
    ["a bare CR behind", "--a\rx", undefined],
    ["a line that does not begin so", " --a\n", undefined],
    ["more white space than is looked over", `--a${" ".repeat(MAX_PADDING_BYTES + 1)}\n`, undefined],
  ])("are told from other lines: %s", (_name, line, expected) => {
    const found = opened("a", "ab").match(Buffer.from(line, "latin1"), 0);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it("are found wherever the search is broken off and taken up again", () => {
    const piece = fc.constantFrom("--a", "--b", "--", "-", "\n", "\r\n", " ", "x", "--a--", "x".repeat(300));
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 400 }), (pieces, rangeBytes) => {
        const text = pieces.join("");
        const lines = text.split("\n").map((line) => line.replace(/\r$/, "").trimEnd());
        const expected = lines.filter((line) => /^--[ab](--)?$/.test(line));
        const found = delimitersOf(text, opened("a", "b"), rangeBytes);
        expect(found.map(({ level, closes }) => `--${"ab"[level]}${closes ? "--" : ""}`)).toEqual(expected);
      }),
    );
  });

  it("are forgotten, and their boundaries wiped, when their multipart ends", () => {
    const boundaries = ["a", "b", "c"].map((text) => Buffer.from(text));
    const open = new OpenMultiparts();
    for (const [depth, boundary] of boundaries.entries()) open.push({ boundary, depth, isDigest: false });
    open.truncate(1);
    expect([open.count, open.innermost?.depth]).toEqual([1, 0]);
    expect(boundaries.map((boundary) => boundary[0])).toEqual([0x61, 0, 0]);
    open[Symbol.dispose]();
    expect(boundaries.every((boundary) => boundary[0] === 0)).toBe(true);
  });
});
