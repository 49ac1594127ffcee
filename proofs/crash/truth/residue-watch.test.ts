// Real: whose canaries count. Doubled: the search, whose findings are facts, and time.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FindingsCount } from "../../prove/search/findings.ts";
import { ResidueWatch } from "./residue-watch.ts";

/** A process that holds a canary of each of these runs; `undefined` stands for one that breaks off before it says whose it is. */
function holding(...runs: readonly (number | undefined)[]) {
  const findings = new FindingsCount();
  for (const run of runs) findings.hit("raw", run, "heap", Buffer.alloc(0), 0);
  return { search: async () => findings };
}

describe("what is left in memory and files", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("counts while mails are under way when the mails of its run have ended five seconds ago", async () => {
    const watch = new ResidueWatch(holding(1, 2, 3, undefined));
    watch.ended(1);
    vi.advanceTimersByTime(4_000);
    watch.ended(2);
    vi.advanceTimersByTime(1_001);
    expect(await watch.lookAtServices([7])).toEqual({ looks: 1, hits: 1, underWay: 3, skipped: [] });
  });

  it("counts in a process that was stopped when it has gone on for five seconds", async () => {
    const watch = new ResidueWatch(holding(1));
    watch.ended(1);
    vi.advanceTimersByTime(90_000);
    watch.wentOn(7);
    expect(await watch.lookAtServices([7, 8])).toEqual({ looks: 2, hits: 1, underWay: 1, skipped: [] });
    vi.advanceTimersByTime(5_001);
    expect(await watch.lookAtServices([7])).toEqual({ looks: 1, hits: 1, underWay: 0, skipped: [] });
  });

  it("counts always when nothing is under way", async () => {
    const watch = new ResidueWatch(holding(1, undefined));
    const system = { servicePids: () => [7, 8], serverPids: () => [9], files: ["/var/log"] };
    expect(await watch.lookAtAll(system)).toEqual({ looks: 4, hits: 8, underWay: 0, skipped: [] });
  });

  it("says how much could not be searched", async () => {
    const findings = new FindingsCount();
    findings.skipped.push("7: 1000 [heap]");
    const watch = new ResidueWatch({ search: async () => findings });
    expect(await watch.lookAtServices([7])).toEqual({ looks: 1, hits: 0, underWay: 0, skipped: ["7: 1000 [heap]"] });
  });
});
