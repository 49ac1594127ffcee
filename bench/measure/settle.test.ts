import { describe, expect, it } from "vitest";
import { settle } from "./settle.ts";

// Real: the wait. Doubled: what processes have used, by a list that is read at each look.

const WINDOW_MS = 100;

/** Seconds that were used in each window; none after the last. */
function using(...windows: readonly number[]) {
  let used = 0;
  let looks = 0;
  const usedSeconds = () => {
    used += looks === 0 ? 0 : (windows[looks - 1] ?? 0);
    looks += 1;
    return used;
  };
  return { usedSeconds, looks: () => looks };
}

describe("processes that settle", () => {
  it("are waited for until they use next to nothing for a whole window", async () => {
    const { usedSeconds, looks } = using(10, 10, 0);
    expect(await settle(usedSeconds, WINDOW_MS)).toBe(true);
    expect(looks()).toBe(4);
  });

  it("are given up when they never rest", async () => {
    let used = 0;
    expect(await settle(() => (used += 1), WINDOW_MS, 3 * WINDOW_MS)).toBe(false);
  });
});
