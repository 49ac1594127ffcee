import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

// Pure.

describe("backoffMs", () => {
  it("has a bound that doubles with each attempt, up to 16 seconds", () => {
    const almostOne = 1 - Number.EPSILON;
    const bounds = [1, 2, 3, 4, 5, 6, 7].map((attempts) => backoffMs(attempts, almostOne));
    expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
  });

  it("is anything below its bound, down to nothing: full jitter", () => {
    expect([0, 0.25, 0.5].map((random) => backoffMs(3, random))).toEqual([0, 1_000, 2_000]);
  });

  it("stays a number for however many attempts", () => {
    expect(backoffMs(5_000, 0.5)).toBe(8_000);
  });
});
