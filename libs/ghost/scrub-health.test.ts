import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScrubError, ScrubHealth } from "./scrub-health.ts";
import { Scrubber } from "./scrubber.ts";

/* Real: Scrubber, and what watches it. Doubled: the clock, and what a scrub does. */

const LIMIT_MS = 5_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A scrub that does one of these after the other, and then nothing but succeed. */
function scrubs(...results: readonly ("fails" | "hangs" | "throws")[]) {
  const left = [...results];
  const health = new ScrubHealth();
  const told: (string | undefined)[] = [];
  health.listen((error) => told.push(error?.fault));
  const watched = health.watched(() => {
    const next = left.shift();
    if (next === "throws") throw new Error("at once");
    if (next === "hangs") return new Promise(() => {});
    return next === "fails" ? Promise.reject(new Error("cannot")) : Promise.resolve();
  }, LIMIT_MS);
  return { health, told, scrub: () => watched("young") };
}

describe("the health of scrubs", () => {
  it("is good while they succeed, and nobody is told anything", async () => {
    const { health, told, scrub } = scrubs();
    await scrub();
    expect([health.fault, health.failures, told]).toEqual([undefined, 0, []]);
  });

  it.each(["fails", "throws"] as const)("is bad after one that %s, with its cause", async (how) => {
    const { health, told, scrub } = scrubs(how);
    await expect(scrub()).rejects.toMatchObject({ fault: "scrub_failed", cause: expect.any(Error) });
    expect([health.fault, health.failures, told]).toEqual(["scrub_failed", 1, ["scrub_failed"]]);
  });

  it("is bad after one that does not end in its time", async () => {
    const { health, told, scrub } = scrubs("hangs");
    const scrubbing = expect(scrub()).rejects.toEqual(new ScrubError("scrub_overdue"));
    await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
    expect(health.fault).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await scrubbing;
    expect([health.fault, told]).toEqual(["scrub_overdue", ["scrub_overdue"]]);
  });

  it("counts every failure, and tells of the first and of the recovery", async () => {
    const { health, told, scrub } = scrubs("fails", "fails");
    for (let each = 0; each < 2; each += 1) await scrub().catch(() => {});
    await scrub();
    expect([health.fault, health.failures, told]).toEqual([undefined, 2, ["scrub_failed", undefined]]);
  });
});

describe("a scrubber whose scrub hangs", () => {
  it("scrubs again all the same", async () => {
    const { health, scrub } = scrubs("hangs");
    new Scrubber(scrub).contentLeft();
    await vi.advanceTimersByTimeAsync(2 * LIMIT_MS);
    expect([health.fault, health.failures]).toEqual([undefined, 1]);
  });
});
