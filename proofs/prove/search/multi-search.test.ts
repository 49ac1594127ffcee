import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MultiSearch } from "./multi-search.ts";

// Pure. Nothing is doubled.

describe("MultiSearch", () => {
  it("finds exactly what a search for each pattern by itself finds", () => {
    const letters = fc.integer({ min: 0, max: 2 });
    const pattern = fc.array(letters, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.array(letters, { maxLength: 200 }),
        (patterns, haystack) => {
          const bytes = Buffer.from(haystack);
          const found: string[] = [];
          new MultiSearch(patterns.map((it) => Buffer.from(it))).search(bytes, (index, at) =>
            found.push(`${index}@${at}`),
          );
          const expected = patterns.flatMap((it, index) =>
            placesOf(bytes, Buffer.from(it)).map((at) => `${index}@${at}`),
          );
          expect(found.sort()).toEqual(expected.sort());
        },
      ),
    );
  });

  it("refuses patterns that it has no block of", () => {
    expect(() => new MultiSearch([Buffer.from("a")])).toThrow(RangeError);
    expect(() => new MultiSearch([])).toThrow(RangeError);
  });
});

function placesOf(haystack: Buffer, pattern: Buffer): number[] {
  const places: number[] = [];
  for (let at = haystack.indexOf(pattern); at !== -1; at = haystack.indexOf(pattern, at + 1)) places.push(at);
  return places;
}
