import { describe, expect, it } from "vitest";
import { CASES, QUICK_CASES } from "./cases.ts";
import { selectCases } from "./select-cases.ts";

// Real: everything.

function selected(only: string | undefined): unknown {
  const selection = selectCases(CASES, only);
  return selection && [selection.cases.map(({ sizeMb, concurrency }) => `${sizeMb}x${concurrency}`), selection.limits];
}

describe("selectCases", () => {
  it("takes everything when nothing is named", () => {
    expect(selectCases(CASES, undefined)).toEqual({ cases: CASES, limits: true });
  });

  it("takes what is named, in the order of the cases", () => {
    expect(selected("1x8")).toEqual([["1x8"], false]);
    expect(selected("20x8,0.1x200,1x1")).toEqual([["1x1", "20x8", "0.1x200"], false]);
    expect(selected("limits")).toEqual([[], true]);
  });

  it("takes what the targets need, each case and what it is compared with", () => {
    expect(selected("targets")).toEqual([["0.1x8", "0.1x32", "1x1", "1x8", "20x8", "0.1x200"], true]);
  });

  it("takes nothing when something is named that there is not", () => {
    expect(selected("1x7")).toBeUndefined();
    expect(selected("1x8,")).toBeUndefined();
    expect(selectCases(QUICK_CASES, "targets")).toBeUndefined();
  });
});
