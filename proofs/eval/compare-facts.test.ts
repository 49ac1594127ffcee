import { describe, expect, it } from "vitest";
import { compareFacts } from "./compare-facts.ts";

// Real: the comparison. Pure.

function wrongOf(truth: object, extracted: object): Record<string, unknown[]> {
  const { comparisons } = compareFacts({ ...truth }, { ...extracted });
  return Object.fromEntries(
    comparisons.filter(({ correct }) => !correct).map(({ path, expected, actual }) => [path, [expected, actual]]),
  );
}

const line = (description: string, amount: string) => ({ description, amount, unit: null });

describe("compareFacts", () => {
  it("compares what the truth states, and nothing else", () => {
    const { comparisons } = compareFacts({ a: "1", b: { c: "x" } }, { a: "1", b: { c: "x", d: "more" }, e: "more" });
    expect(comparisons).toEqual([
      { path: "/a", expected: "1", actual: "1", correct: true },
      { path: "/b/c", expected: "x", actual: "x", correct: true },
    ]);
  });

  it("compares decimals as numbers and texts whatever their white space, but nothing else loosely", () => {
    const truth = { a: "10.00", b: "Nordkai  GmbH", c: null, d: "0012", e: "10.00", f: "A", g: null };
    const extracted = { a: "10", b: " Nordkai\nGmbH ", c: null, d: "12", e: "10.01", f: "a", g: "x" };
    expect(wrongOf(truth, extracted)).toEqual({
      "/d": ["0012", "12"],
      "/e": ["10.00", "10.01"],
      "/f": ["A", "a"],
      "/g": [null, "x"],
    });
  });

  it("finds everything wrong in what was not extracted", () => {
    const truth = { a: "1", party: { name: "x", tax_ids: [{ value: "1" }] }, lines: [{ amount: "1" }] };
    expect(wrongOf(truth, {})).toEqual({
      "/a": ["1", null],
      "/party/name": ["x", null],
      "/party/tax_ids": [1, 0],
      "/party/tax_ids/0/value": ["1", null],
      "/lines": [1, 0],
      "/lines/0/amount": ["1", null],
    });
    expect(compareFacts(truth, {})).toMatchObject({ linesExpected: 1, linesCorrect: 0 });
  });

  it("does not mind the order of lists that have none, but their length", () => {
    const truth = { tax_ids: [{ value: "DE1" }, { value: "2/3" }] };
    const swapped = [
      { scheme: "tax_number", value: "2/3" },
      { scheme: "vat", value: "DE1" },
    ];
    expect(wrongOf(truth, { tax_ids: swapped })).toEqual({});
    expect(wrongOf(truth, { tax_ids: [...swapped, { value: "X" }] })).toEqual({ "/tax_ids": [2, 3] });
  });

  it("counts a line as correct when all of it is", () => {
    const lines = [line("a", "1"), line("b", "2"), line("c", "3")];
    const read = [line("a", "1.0"), line("b", "2.5"), line("c", "3")];
    expect(compareFacts({ lines }, { lines: read })).toMatchObject({ linesExpected: 3, linesCorrect: 2 });
    expect(wrongOf({ lines }, { lines: read })).toEqual({ "/lines/1/amount": ["2", "2.5"] });
  });

  it("pairs the lines that are left when one is missing", () => {
    const lines = [line("a", "1"), line("b", "2"), line("c", "3"), line("d", "4")];
    const read = [line("a", "1"), line("c", "3"), line("d", "4")];
    expect(compareFacts({ lines }, { lines: read })).toMatchObject({ linesExpected: 4, linesCorrect: 3 });
    expect(wrongOf({ lines }, { lines: read })).toEqual({
      "/lines": [4, 3],
      "/lines/1/description": ["b", null],
      "/lines/1/amount": ["2", null],
    });
  });

  it("passes over a line that is nowhere", () => {
    const lines = [line("a", "1"), line("b", "2")];
    const read = [line("a", "1"), line("x", "9"), line("b", "2")];
    expect(compareFacts({ lines }, { lines: read })).toMatchObject({ linesExpected: 2, linesCorrect: 2 });
    expect(wrongOf({ lines }, { lines: read })).toEqual({ "/lines": [2, 3] });
  });

  it("takes units of the same code for the same, and leaves out what cannot be compared, where it is told to", () => {
    const lines = ["KGM", "C62", "HUR", "MTR"].map((unit) => ({ unit, category: "S" }));
    const read = ["kg", "Stk", "kg", null].map((unit) => ({ unit, category: null }));
    const wrong = (allowances?: Parameters<typeof compareFacts>[2]) =>
      compareFacts({ lines }, { lines: read }, allowances)
        .comparisons.filter(({ correct }) => !correct)
        .map(({ path }) => path.slice("/lines/".length));
    expect(wrong().filter((path) => path.endsWith("unit"))).toEqual(["0/unit", "1/unit", "2/unit", "3/unit"]);
    const isIncomparable = ({ path }: { path: string }) => path.endsWith("/category");
    expect(wrong({ unitsByCode: true, isIncomparable })).toEqual(["2/unit", "3/unit"]);
    expect(compareFacts({ lines }, { lines: read }, { unitsByCode: true, isIncomparable }).linesCorrect).toBe(2);
  });
});
