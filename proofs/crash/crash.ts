import { inspect } from "node:util";
import { goThrough, type SystemOptions } from "./go-through.ts";
import type { PlannedRun } from "./plan/plan-run.ts";
import { CrashReport } from "./report.ts";

export interface CrashOptions extends Omit<SystemOptions, "onRun"> {
  /** What the runs were made from, for the report. */
  readonly seed: number;
  /** In their order. */
  readonly runs: readonly PlannedRun[];
  /** Told of each run whose mails have ended. */
  onRun?(report: CrashReport): void;
}

/** A run is nearly all waiting: for what was killed to be up again, and for what was stopped to go on. */
const MOST_SYSTEMS = 4;
/** Starting a system takes as long as going through so many. */
const FEWEST_RUNS_EACH = 10;

/**
 * Shares the runs out among systems that know nothing of each other, and says what came of all. A system that breaks off, or
 * does not start, is in the report.
 */
export async function crash({ seed, runs, onRun, ...options }: CrashOptions): Promise<CrashReport> {
  const report = new CrashReport({ seed, instances: options.instances, planned: runs.length });
  const systems = Math.min(MOST_SYSTEMS, Math.max(1, Math.floor(runs.length / FEWEST_RUNS_EACH)));
  const shareOf = (system: number) => runs.filter((_, index) => index % systems === system);
  const told = { ...options, onRun: () => onRun?.(report) };
  const gone = await Promise.allSettled(
    Array.from({ length: systems }, (_, system) => goThrough(shareOf(system), report, told)),
  );
  for (const end of gone) if (end.status === "rejected") report.brokeOff.push(inspect(end.reason));
  return report;
}
