// Real: the report. Doubled: the runs, as facts.
import { describe, expect, it } from "vitest";
import type { PlannedRun } from "./plan/plan-run.ts";
import { CrashReport } from "./report.ts";
import { noWrongs } from "./truth/wrongs.ts";

const KILL: PlannedRun = {
  number: 3,
  mails: [],
  when: { kind: "moment", name: "the ledger knows", count: 1 },
  victims: ["ingest", "nats-server"],
  instance: 0,
  pauseMs: undefined,
  downMs: 10,
};
const PAUSE: PlannedRun = {
  ...KILL,
  number: 4,
  when: { kind: "any_time", afterMs: 0 },
  victims: ["audit"],
  pauseMs: 95_000,
};

const WELL = { reached: true, documents: 1, wrongs: noWrongs(), bookedAndRefused: 0 };

/** Two runs, of which nothing was wrong. */
function clean(): CrashReport {
  const report = new CrashReport({ seed: 7, instances: 2, planned: 2 });
  report.add(KILL, { ...WELL, struck: KILL.victims, documents: 2, bookedAndRefused: 1 });
  report.add(PAUSE, { ...WELL, struck: PAUSE.victims });
  report.addResidue({ looks: 4, hits: 0, underWay: 3, skipped: [] });
  report.controls.set("without the ledger", 1);
  return report;
}

describe("the report", () => {
  it("counts runs, kills, pauses and documents, and every counter is 0 when nothing was wrong", () => {
    expect(clean().json()).toEqual({
      runs: 2,
      kills: 2,
      pauses: 1,
      documents: 3,
      lost: 0,
      doubled: 0,
      answered_without_delivery: 0,
      answered_early: 0,
      audit_missing: 0,
      audit_double: 0,
      residue_hits: 0,
      seed: 7,
      instances: 2,
      booked_and_refused: 1,
      memory: { looks: 4, hits_under_way: 3, skipped: 0 },
      record_faults: [],
      ended_by_themselves: [],
      moments: {
        "the ledger knows": { runs: 1, reached: 1, ...noWrongs() },
        "at any time": { runs: 1, reached: 1, ...noWrongs() },
      },
      struck: {
        ingest: { kills: 1, pauses: 0 },
        "nats-server": { kills: 1, pauses: 0 },
        audit: { kills: 0, pauses: 1 },
      },
      wrong_runs: [],
      controls: { "without the ledger": 1 },
      failures: [],
    });
  });

  it("has a line for each moment, one for each part, three for the sums and one for each control", () => {
    const lines = clean().lines();
    expect(lines).toHaveLength(11);
    expect(lines[1]).toMatch(/^the ledger knows +1 +1( +0){6}$/);
    expect(lines[6]).toMatch(/^audit +0 +1$/);
    expect(lines[7]).toBe("2 runs, 2 kills, 1 pauses, 3 documents, seed 7, 2 instance(s)");
    expect(lines[8]).toBe("4 looks at memory and files: 0 left, 3 of mails under way");
  });

  it.each(Object.keys(noWrongs()))("fails with %s, and names the run to be gone again", (name) => {
    const report = clean();
    report.addWrongs(KILL, { [name]: 2 });
    expect(report.failures()).toEqual([`${name}: 2`, "runs to look at, with --seed 7: 3"]);
    expect(report.json()).toMatchObject({ [name]: 2, wrong_runs: [3], moments: { "the ledger knows": { [name]: 2 } } });
  });

  it("fails with what was left in memory, and with what could not be searched", () => {
    const report = clean();
    report.addResidue({ looks: 1, hits: 1, underWay: 0, skipped: ["7: 1000 [heap]", "/a"] });
    expect(report.failures()).toEqual([
      "residue_hits: 1",
      "memory or files that could not be searched: 7: 1000 [heap], /a",
    ]);
  });

  it("fails once with what is wrong with a record as a whole", () => {
    const report = clean();
    report.recordFaults.push("it is broken", "it is broken");
    expect(report.failures()).toEqual(["the record does not hold: it is broken"]);
  });

  it("fails when so many looks at memory have met nothing at all", () => {
    const report = new CrashReport({ seed: 7, instances: 1, planned: 1 });
    report.add(KILL, { ...WELL, struck: KILL.victims });
    report.addResidue({ looks: 50, hits: 0, underWay: 0, skipped: [] });
    expect(report.failures()).toEqual(["no look at memory has met a mail that was under way"]);
  });

  it("fails when a moment came too seldom: nothing was struck at it then", () => {
    const report = clean();
    const pushed: PlannedRun = { ...KILL, when: { kind: "pushed" } };
    for (let run = 0; run < 9; run += 1) report.add(pushed, { ...WELL, struck: KILL.victims });
    report.add(pushed, { ...WELL, struck: KILL.victims, reached: false });
    expect(report.failures()).toEqual([]);
    report.add(pushed, { ...WELL, struck: KILL.victims, reached: false });
    expect(report.failures()).toEqual(["9 of 11 run(s) reached: pushed, not answered"]);
  });

  it("fails when so many runs have never struck one of several instances", () => {
    const report = new CrashReport({ seed: 7, instances: 2, planned: 300 });
    const struck = [
      "ingest 1",
      "ingest 2",
      "extractor 2",
      "erp-pusher 1",
      "erp-pusher 2",
      "audit 1",
      "audit 2",
      "postgres",
    ];
    for (let run = 0; run < 299; run += 1) report.add(KILL, { ...WELL, struck });
    expect(report.failures()).toEqual(["299 of 300 runs were gone through"]);
    report.add(KILL, { ...WELL, struck });
    expect(report.failures()).toEqual(["never struck: extractor 1, nats-server"]);
  });

  it("fails when a process ended though nobody had killed it, and when nothing was sent", () => {
    const report = new CrashReport({ seed: 7, instances: 1, planned: 1 });
    report.endedByThemselves.push("audit");
    expect(report.failures()).toEqual([
      "no document was sent",
      "0 of 1 runs were gone through",
      "ended though nobody had killed it: audit",
    ]);
  });

  it("fails when a system broke off, and says why and how far all came", () => {
    const report = new CrashReport({ seed: 7, instances: 1, planned: 3 });
    report.add(KILL, { ...WELL, struck: KILL.victims });
    report.brokeOff.push("Error: audit did not start");
    expect(report.failures()).toEqual([
      "1 of 3 runs were gone through",
      "a system broke off: Error: audit did not start",
    ]);
    expect(report.json()).toMatchObject({ runs: 1, failures: report.failures() });
  });

  it("fails when a control was not caught", () => {
    const report = clean();
    report.controls.set("answering early", 0);
    expect(report.failures()).toEqual(["not caught: the control answering early"]);
  });
});
