import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Scrubber } from "./scrubber.ts";

/* Real: Scrubber. Doubled: the clock, and what it does when it scrubs. */

const MIB = 1024 * 1024;
const LONG_MS = 10_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A scrubber that writes down when it scrubs, milliseconds from now, and takes `tookMs` for it. */
function scrubber(tookMs = 0, faults = 0) {
  const begun = performance.now();
  const times: number[] = [];
  const it = new Scrubber(async () => {
    times.push(performance.now() - begun);
    if (times.length <= faults) throw new Error("cannot");
    if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
  });
  return { it, times };
}

describe("a scrubber", () => {
  it("does nothing while no content leaves", async () => {
    const { times } = scrubber();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(times).toEqual([]);
  });

  it("scrubs once for all content that leaves together, a tenth of a second after the first, then twice to settle", async () => {
    const { it, times } = scrubber();
    for (let document = 0; document < 50; document += 1) {
      it.contentLeft(MIB);
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(times).toEqual([100, 300, 500]);
  });

  it("scrubs again for what leaves while it scrubs", async () => {
    const { it, times } = scrubber(50);
    it.contentLeft();
    await vi.advanceTimersByTimeAsync(120);
    expect(times).toEqual([100]);
    it.contentLeft();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    // 50 ms of work are followed by 500 ms of pause.
    expect(times.slice(0, 2)).toEqual([100, 650]);
  });

  it("spends about a tenth of the time under load", async () => {
    const { it, times } = scrubber(60);
    for (let ms = 0; ms < LONG_MS; ms += 10) {
      it.contentLeft();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect((times.length * 60) / LONG_MS).toBeLessThan(0.12);
    expect(times.length).toBeGreaterThan(LONG_MS / 650);
  });

  it("does not wait while much memory could be given back", async () => {
    const { it, times } = scrubber();
    for (let mail = 0; mail < 3; mail += 1) it.contentLeft(30 * MIB);
    await vi.advanceTimersByTimeAsync(1);
    expect(times).toEqual([0]);
  });

  it("tries again when it could not scrub", async () => {
    const { it, times } = scrubber(0, 2);
    it.contentLeft();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(times).toEqual([100, 200, 300, 500, 700]);
  });
});
