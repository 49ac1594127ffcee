// Real: the watch. Doubled: the clock, and what a search finds.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MemoryPlace } from "./bench/bench.ts";
import { RowWatch } from "./row-watch.ts";
import { FindingsCount } from "./search/findings.ts";

const PATH = 7;
const NEIGHBOUR = 8;
const PLACE: MemoryPlace = "ingest";
/** Of one search. */
const SEARCH_MS = 100;
const LONG_MS = 20_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch of memory in which each path's canaries are until a time, milliseconds from now. */
function watching(until: Readonly<Record<number, number>>) {
  const begunAt = performance.now();
  const watch = new RowWatch(async () => {
    const at = performance.now() - begunAt;
    await new Promise((resolve) => setTimeout(resolve, SEARCH_MS));
    const findings = new FindingsCount();
    for (const [path, gone] of Object.entries(until)) {
      if (at < gone) findings.hit("raw", Number(path), "heap", Buffer.alloc(1), 0);
    }
    return new Map([[PLACE, findings]]);
  });
  return {
    watch,
    async residueOf(path: number, endedAfterMs: number, graceMs: number) {
      const residue = watch.residueOf({ path, endedAt: begunAt + endedAfterMs, graceMs });
      await vi.advanceTimersByTimeAsync(LONG_MS);
      const { found, zeroAfterMs } = await residue;
      return { hits: found.get(PLACE)?.hitsByPath.get(path) ?? 0, zeroAfterMs };
    },
  };
}

describe("a path among others", () => {
  it("is clean when nothing of it is found a second after its end, whatever of its neighbour is", async () => {
    const { hits, zeroAfterMs } = await watching({ [PATH]: 600, [NEIGHBOUR]: LONG_MS }).residueOf(PATH, 500, 1_000);
    expect(hits).toBe(0);
    expect(zeroAfterMs).toBeGreaterThanOrEqual(100);
    expect(zeroAfterMs).toBeLessThan(400);
  });

  it("is not clean when something of it is found then, though it is gone before the last path is over", async () => {
    expect(await watching({ [PATH]: 1_900 }).residueOf(PATH, 500, 1_000)).toEqual({ hits: 1, zeroAfterMs: undefined });
  });

  it("has all of its grace to be clean", async () => {
    const { hits, zeroAfterMs } = await watching({ [PATH]: 3_000 }).residueOf(PATH, 0, 5_000);
    expect(hits).toBe(0);
    expect(zeroAfterMs).toBeGreaterThanOrEqual(3_000);
  });

  it("is looked at when its grace is over, though looks take long", async () => {
    const begunAt = performance.now();
    const watch = new RowWatch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      const findings = new FindingsCount();
      findings.hit("raw", PATH, "heap", Buffer.alloc(1), 0);
      return new Map([[PLACE, findings]]);
    });
    const residue = watch.residueOf({ path: PATH, endedAt: begunAt + 100, graceMs: 2_000 });
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect((await residue).lookedAtMs).toBe(2_000 + 1_300);
  });

  it("is clean at no look that began before its end", async () => {
    const { watch } = watching({});
    const residue = watch.residueOf({ path: PATH, endedAt: performance.now() + 300, graceMs: 0 });
    const isKnown = vi.fn();
    void residue.then(isKnown);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(isKnown).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isKnown).toHaveBeenCalled();
  });
});
