import type { PlannedRun } from "../plan/plan-run.ts";
import type { CrashReport } from "../report.ts";

/** A system that is worse on purpose: a proof that finds nothing wrong with it would find nothing anywhere. */
export interface Control {
  readonly name: string;
  /** The module that is loaded before every service. */
  readonly spoiledBy: string;
  /** The shortest way to what it does wrong. */
  readonly runs: readonly PlannedRun[];
  /** With how many documents it was caught. */
  caught(report: CrashReport): number;
}

/** One mail that comes again after it was accepted; nobody has to die for that, but audit may. */
const COMES_AGAIN: PlannedRun = {
  number: 0,
  mails: [{ documents: [{ kind: "small" }], again: true }],
  when: { kind: "any_time", afterMs: 0 },
  victims: ["audit"],
  instance: 0,
  pauseMs: undefined,
  downMs: 0,
};

/** Ingest dies with what it has read and not delivered, long after an answer that did not wait. */
const DIES_BEFORE_THE_PUSH: PlannedRun = {
  number: 0,
  mails: [{ documents: [{ kind: "scan" }], again: false }],
  when: { kind: "moment", name: "the extraction is back", count: 1 },
  victims: ["ingest"],
  instance: 0,
  pauseMs: undefined,
  downMs: 0,
};

export const WITHOUT_LEDGER: Control = {
  name: "without the ledger",
  spoiledBy: "../controls/without-ledger.ts",
  runs: [COMES_AGAIN],
  caught: ({ wrongs }) => wrongs.doubled,
};

const ANSWERS_EARLY: Control = {
  name: "answering before the work is done",
  spoiledBy: "../controls/answers-early.ts",
  runs: [DIES_BEFORE_THE_PUSH],
  caught: ({ wrongs }) => wrongs.answered_without_delivery,
};

export const CONTROLS: readonly Control[] = [WITHOUT_LEDGER, ANSWERS_EARLY];
