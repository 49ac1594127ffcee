import { describe, expect, it } from "vitest";
import { median, percentile } from "./statistics.ts";

describe("a percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it("is the value of the nearest rank, whatever the order", () => {
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it("of nothing is an error", () => {
    expect(() => percentile([], 0.5)).toThrow("nothing");
  });
});

describe("a median", () => {
  it("is the middle one, or between the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });
});
