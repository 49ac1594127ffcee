import type { Side } from "../sides/side.ts";
import { usedSeconds } from "./process-usage.ts";

/** Processor time of a side's processes by name, seconds. */
export type ProcessorTimes = Readonly<Record<string, number>>;

/** What the processes of a side have used so far. Undefined when they are somebody else's. */
export function processorTimes(side: Pick<Side, "processes">): ProcessorTimes | undefined {
  const processes = Object.entries(side.processes());
  if (processes.length === 0) return undefined;
  return Object.fromEntries(processes.map(([name, pids]) => [name, usedSeconds(pids)]));
}

/** What they have used between two looks. */
export function timesBetween(before: ProcessorTimes, after: ProcessorTimes): ProcessorTimes {
  return Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));
}
