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
  pauseMs: undefined,
  downMs: 10,
};
const PAUSE: PlannedRun = { ...KILL, number: 4, when: { kind: "receiving" }, victims: ["audit"], pauseMs: 36_000 };

/** Two runs, of which nothing was wrong. */
function clean(): CrashReport {
  const report = new CrashReport(7);
  report.add(KILL, { reached: true, documents: 2, wrongs: noWrongs() });
  report.add(PAUSE, { reached: true, documents: 1, wrongs: noWrongs() });
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
      audit_missing: 0,
      audit_double: 0,
      residue_hits: 0,
      seed: 7,
      moments: {
        "the ledger knows": { runs: 1, reached: 1, ...noWrongs() },
        "the mail is arriving": { runs: 1, reached: 1, ...noWrongs() },
      },
      wrong_runs: [],
      controls: { "without the ledger": 1 },
      failures: [],
    });
  });

  it("has a line for each moment, one for the sums and one for each control", () => {
    const lines = clean().lines();
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^the ledger knows +1 +1( +0){5}$/);
    expect(lines[3]).toBe("2 runs, 2 kills, 1 pauses, 3 documents, residue 0, seed 7");
  });

  it.each(Object.keys(noWrongs()))("fails with %s, and names the run to be gone again", (name) => {
    const report = clean();
    report.addWrongs(KILL, { [name]: 2 });
    expect(report.failures()).toEqual([`${name}: 2`, "runs to look at, with --seed 7: 3"]);
    expect(report.json()).toMatchObject({ [name]: 2, wrong_runs: [3], moments: { "the ledger knows": { [name]: 2 } } });
  });

  it("fails with what was left in memory", () => {
    const report = clean();
    report.residueHits = 1;
    expect(report.failures()).toEqual(["residue_hits: 1"]);
  });

  it("fails when a moment never came: nothing was killed then", () => {
    const report = clean();
    report.add({ ...KILL, when: { kind: "pushed" } }, { reached: false, documents: 1, wrongs: noWrongs() });
    expect(report.failures()).toEqual(["none of 1 run(s) reached: pushed, not answered"]);
  });

  it("fails when a control was not caught", () => {
    const report = clean();
    report.controls.set("answering early", 0);
    expect(report.failures()).toEqual(["not caught: the control answering early"]);
  });
});
