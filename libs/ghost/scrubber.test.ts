import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Reach, Scrubber } from "./scrubber.ts";

/* Real: Scrubber. Doubled: the clock, and what it does when it scrubs. */

const LONG_MS = 10_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A scrubber that writes down when it scrubs, milliseconds from now, and how far, and takes `tookMs` for it. */
function scrubber(tookMs = 0, faults = 0) {
  const begun = performance.now();
  const scrubs: (readonly [atMs: number, reach: Reach])[] = [];
  const it = new Scrubber(async (reach) => {
    scrubs.push([performance.now() - begun, reach]);
    if (scrubs.length <= faults) throw new Error("cannot");
    if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
  });
  return { it, scrubs };
}

/** Content leaves every ten milliseconds. */
async function load(it: Scrubber, lastsMs: number, leave: (it: Scrubber) => void): Promise<void> {
  for (let ms = 0; ms < lastsMs; ms += 10) {
    leave(it);
    await vi.advanceTimersByTimeAsync(10);
  }
}

describe("a scrubber", () => {
  it("does nothing while no content leaves", async () => {
    const { scrubs } = scrubber();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(scrubs).toEqual([]);
  });

  it("scrubs once for all content that leaves together, a tenth of a second after the first, then all there is to settle", async () => {
    const { it, scrubs } = scrubber();
    await load(it, 50, () => it.contentLeft());
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(scrubs).toEqual([
      [100, "young"],
      [640, "everything"],
    ]);
  });

  it("reaches everything at once when content has left that was in strings", async () => {
    const { it, scrubs } = scrubber();
    it.contentLeft();
    it.stringsLeft();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(scrubs).toEqual([
      [100, "everything"],
      [600, "everything"],
    ]);
  });

  it("scrubs again for what leaves while it scrubs", async () => {
    const { it, scrubs } = scrubber(50);
    it.contentLeft();
    await vi.advanceTimersByTimeAsync(120);
    it.stringsLeft();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(scrubs).toEqual([
      [100, "young"],
      [850, "everything"],
    ]);
  });

  it("waits no time at all for what was due while it scrubbed", async () => {
    const { it, scrubs } = scrubber(2_000);
    const waiting = vi.spyOn(globalThis, "setTimeout");
    it.contentLeft();
    await vi.advanceTimersByTimeAsync(150);
    it.contentLeft();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(scrubs[1]?.[0]).toBeCloseTo(2_100, -1);
    expect(Math.min(...waiting.mock.calls.map(([, milliseconds = 0]) => milliseconds))).toBe(0);
    waiting.mockRestore();
  });

  it("scrubs no more often under load, and reaches everything every other time once it is steady, when strings leave", async () => {
    const { it, scrubs } = scrubber(50);
    await load(it, LONG_MS, () => it.stringsLeft());
    expect(scrubs).toEqual(
      Array.from({ length: 14 }, (_, index) => [
        100 + index * 750,
        index < 4 || index % 2 === 1 ? "everything" : "young",
      ]),
    );
  });

  it("reaches strings of which nobody has told within ten seconds under load", async () => {
    const { it, scrubs } = scrubber();
    await load(it, 3 * LONG_MS, () => it.contentLeft());
    expect(scrubs.filter(([, reach]) => reach === "everything").map(([atMs]) => atMs)).toEqual([9_850, 19_600, 29_350]);
  });

  it("leaves no second between content and the scrub that meets it, whenever it leaves", async () => {
    for (let pauseMs = 50; pauseMs < 1_000; pauseMs += 50) {
      const { it, scrubs } = scrubber(50);
      const begun = performance.now();
      const left: number[] = [];
      for (let mail = 0; mail < 10; mail += 1) {
        it.stringsLeft();
        left.push(performance.now() - begun);
        await vi.advanceTimersByTimeAsync(pauseMs);
      }
      await vi.advanceTimersByTimeAsync(LONG_MS);
      const waits = left.map((at) => (scrubs.find(([atMs]) => atMs > at)?.[0] ?? Number.NaN) - at);
      expect(Math.max(...waits)).toBeLessThanOrEqual(750);
      const met = left.map(
        (at) => scrubs.find(([atMs, reach]) => atMs > at && reach === "everything")?.[0] ?? Number.NaN,
      );
      expect(Math.max(...met.map((atMs, index) => atMs - (left[index] ?? 0)))).toBeLessThanOrEqual(1_600);
      expect((scrubs.at(-1)?.[0] ?? 0) - (left.at(-1) ?? 0)).toBeGreaterThanOrEqual(600);
    }
  });

  it("tries again when it could not scrub", async () => {
    const { it, scrubs } = scrubber(0, 2);
    it.stringsLeft();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(scrubs).toEqual([
      [100, "everything"],
      [850, "everything"],
      [1_600, "everything"],
    ]);
  });
});
