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

/** The broker is away when the mail comes, and the sender is to come again. */
const IS_PUT_OFF: PlannedRun = {
  ...COMES_AGAIN,
  mails: [{ documents: [{ kind: "small" }], again: false }],
  victims: ["nats-server"],
  downMs: 3_000,
};

/** An ordinary mail: who dies does so when it is done. */
const ORDINARY: PlannedRun = {
  ...COMES_AGAIN,
  mails: [{ documents: [{ kind: "small" }], again: false }],
  when: { kind: "any_time", afterMs: 5_000 },
  victims: ["extractor"],
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
  caught: ({ wrongs }) => Math.min(wrongs.answered_without_delivery, wrongs.answered_early),
};

const GIVES_MAILS_UP: Control = {
  name: "answering 400 in place of 503",
  spoiledBy: "../controls/gives-mails-up.ts",
  runs: [IS_PUT_OFF],
  caught: ({ wrongs }) => wrongs.lost,
};

const ENDS_TWICE: Control = {
  name: "with two events of each end",
  spoiledBy: "../controls/ends-twice.ts",
  runs: [ORDINARY],
  caught: ({ wrongs }) => wrongs.audit_double,
};

const WITHOUT_ENDS: Control = {
  name: "without events of ends",
  spoiledBy: "../controls/without-ends.ts",
  runs: [ORDINARY],
  caught: ({ wrongs }) => wrongs.audit_missing,
};

/** One for each counter of documents. */
export const CONTROLS: readonly Control[] = [WITHOUT_LEDGER, ANSWERS_EARLY, GIVES_MAILS_UP, ENDS_TWICE, WITHOUT_ENDS];
