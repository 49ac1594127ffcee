import type { CrashReport } from "../report.ts";

/** A system that is worse on purpose: a proof that finds nothing wrong with it would find nothing anywhere. */
export interface Control {
  readonly name: string;
  /** The module that is loaded before every service. */
  readonly spoiledBy: string;
  /** How often it was caught at what it does wrong. */
  caught(report: CrashReport): number;
}

export const CONTROLS: readonly Control[] = [
  {
    name: "without the ledger",
    spoiledBy: "../controls/without-ledger.ts",
    caught: ({ wrongs }) => wrongs.doubled,
  },
  {
    name: "answering before the work is done",
    spoiledBy: "../controls/answers-early.ts",
    caught: ({ wrongs }) => wrongs.answered_without_delivery,
  },
];

/** Runs that a control goes through: enough for mails that are sent again, and for kills in the middle of the work. */
export const CONTROL_RUNS = 24;
