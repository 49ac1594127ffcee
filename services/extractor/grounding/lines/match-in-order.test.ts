import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchInOrder } from "./match-in-order.ts";

// Real: everything. Pure function, checked against the textbook's table of all prefixes.

function matched(a: string, b: string): string {
  const pairs = matchInOrder(a.length, b.length, (left, right) => a[left] === b[right]);
  for (const [left, right] of pairs) expect(a[left]).toBe(b[right]);
  return pairs.map(([left]) => a[left]).join("");
}

function longestLength(a: string, b: string): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const row = [0];
    for (const [index, right] of [...b].entries()) {
      row.push(left === right ? (above[index] ?? 0) + 1 : Math.max(above[index + 1] ?? 0, row[index] ?? 0));
    }
    above = row;
  }
  return above.at(-1) ?? 0;
}

describe("matchInOrder", () => {
  it.each([
    ["abc", "abc", "abc"],
    ["abc", "ac", "ac"],
    ["ac", "abc", "ac"],
    ["abcabba", "cbabac", "baba"],
    ["abc", "", ""],
    ["", "", ""],
    ["abc", "xyz", ""],
    ["aaaa", "aa", "aa"],
  ])("finds in %s and %s what is in both", (a, b, both) => {
    expect(matched(a, b)).toHaveLength(both.length);
  });

  it("takes the first of several that are as good", () => {
    expect(matchInOrder(1, 3, () => true)).toEqual([[0, 0]]);
  });

  it("finds as much as there is, in the order of both", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 24 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const pairs = matchInOrder(a.length, b.length, (left, right) => a[left] === b[right]);
        expect(pairs).toHaveLength(longestLength(a, b));
        for (const [index, [left, right]] of pairs.entries()) {
          expect(a[left]).toBe(b[right]);
          const [lastLeft = -1, lastRight = -1] = pairs[index - 1] ?? [];
          expect(left > lastLeft && right > lastRight).toBe(true);
        }
      }),
    );
  });

  it("is quick for long sequences that repeat themselves, and gives up on what differs too much", () => {
    const before = process.cpuUsage();
    expect(matchInOrder(5_000, 7_500, () => true)).toHaveLength(5_000);
    expect(matchInOrder(50_000, 50_000, () => false)).toEqual([]);
    // Processor time, because other suites run beside this one.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
  });
});
