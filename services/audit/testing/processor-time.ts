import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second, whatever the kernel's own clock is (proc(5), USER_HZ). */
const MS_PER_TICK = 10;
/** Of the fields of `/proc/<pid>/stat` after the name, which may hold anything, in parentheses. */
const PARENT = 1;
const OWN_TICKS = [11, 12] as const;
/** Of children that have ended and were waited for. */
const ENDED_TICKS = [13, 14] as const;

/** Whether this machine tells what its processes have used. */
export const TELLS_PROCESSOR_TIME = existsSync("/proc/self/stat");

/** The processor time that a process has used so far, all its threads together, milliseconds. */
export function processorTimeOf(pid: number): number {
  return sumOf(statOf(pid), OWN_TICKS);
}

/** The same of a process and all its children, those that have ended too. */
export function processorTimeOfFamily(pid: number): number {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => Number(stat[PARENT]) === pid);
  return (
    sumOf(statOf(pid), [...OWN_TICKS, ...ENDED_TICKS]) + children.reduce((sum, stat) => sum + sumOf(stat, OWN_TICKS), 0)
  );
}

export function parentOf(pid: number): number {
  return Number(statOf(pid)[PARENT]);
}

/** Nothing for a process that has ended. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function sumOf(stat: readonly string[], fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum + Number(stat[field] ?? 0) * MS_PER_TICK, 0);
}
