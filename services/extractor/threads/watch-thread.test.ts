import { describe, expect, it } from "vitest";
import type { ThreadUsage } from "./contained-thread.ts";
import { isOverLimits, type ThreadLimits } from "./watch-thread.ts";

// Real: the watch and its interval. Doubled: the thread, by a list of what it says it uses.

const limits: ThreadLimits = { cpuMs: 1_000, heapBytes: 1_000, externalBytes: 1_000 };
const idle: ThreadUsage = { cpuMs: 0, heapBytes: 0, externalBytes: 0 };

function threadThatSays(...usages: readonly ThreadUsage[]) {
  const left = [...usages];
  return { usage: async () => left.shift() };
}

describe("isOverLimits", () => {
  it.each([
    ["processor time", { ...idle, cpuMs: 1_001 }],
    ["heap", { ...idle, heapBytes: 1_001 }],
    ["memory outside the heap", { ...idle, externalBytes: 6_001 }],
  ])("notices too much %s", async (_what, usage) => {
    const thread = threadThatSays(idle, usage);
    expect(await isOverLimits(thread, limits, 5_000, new AbortController().signal)).toBe(true);
  });

  it("allows all of it at once, and the document's own bytes besides", async () => {
    const thread = threadThatSays({ cpuMs: 1_000, heapBytes: 1_000, externalBytes: 6_000 });
    expect(await isOverLimits(thread, limits, 5_000, new AbortController().signal)).toBe(false);
  });

  it("ends with the thread", async () => {
    expect(await isOverLimits(threadThatSays(idle, idle), limits, 0, new AbortController().signal)).toBe(false);
  });

  it("ends with the signal", async () => {
    const stop = new AbortController();
    const watching = isOverLimits({ usage: async () => idle }, limits, 0, stop.signal);
    stop.abort();
    expect(await watching).toBe(false);
    expect(await isOverLimits({ usage: async () => idle }, limits, 0, AbortSignal.abort())).toBe(false);
  });

  it("ends with the signal even when the thread does not say what it uses", async () => {
    const stop = new AbortController();
    const asked = Promise.withResolvers<void>();
    const silent = {
      usage: () => {
        asked.resolve();
        return new Promise<never>(() => {});
      },
    };
    const watching = isOverLimits(silent, limits, 0, stop.signal);
    await asked.promise;
    stop.abort();
    expect(await watching).toBe(false);
  });
});
