import { describe, expect, it } from "vitest";
import { median, percentile, percentileWithin } from "./statistics.ts";

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

describe("a percentile that is not the largest", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  it("is said of enough values only", () => {
    expect([19, 20].map((count) => percentileWithin(many(count), 0.95))).toEqual([undefined, 19]);
    expect([99, 100].map((count) => percentileWithin(many(count), 0.99))).toEqual([undefined, 99]);
    expect(percentileWithin([], 0.99)).toBeUndefined();
  });
});

describe("a median", () => {
  it("is the middle one, or between the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });
});
