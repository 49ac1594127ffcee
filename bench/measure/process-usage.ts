import { readdirSync, readFileSync } from "node:fs";

/** What Linux says of processes, from /proc. A process that has ended counts as nothing. */

/** Linux reports processor time in hundredths of a second on every platform Node runs on (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

/** Processes and all that they started. */
export function processFamily(...pids: readonly number[]): readonly number[] {
  const parents = readdirSync("/proc")
    .map(Number)
    .filter(Number.isSafeInteger)
    .map((child) => [child, Number(statFields(child)[STAT.parent] ?? 0)] as const);
  const family = [...pids];
  for (const member of family)
    family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  return family;
}

/** Processor time that a process has used, its ended children's included, seconds. */
export function processorSeconds(pid: number): number {
  const fields = statFields(pid);
  const ticks = [STAT.user, STAT.system, STAT.childrensUser, STAT.childrensSystem].map((at) => Number(fields[at] ?? 0));
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
}

/** The same of several together. */
export function usedSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
}

/** Memory that a process has, bytes; of what several share its part only, so that sums are true. */
export function memoryBytes(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(readProc(pid, "smaps_rollup"))?.[1];
  return Number(kib ?? 0) * KIB;
}

/** Positions after the name, which is in brackets and may hold anything. */
const STAT = { parent: 1, user: 11, system: 12, childrensUser: 13, childrensSystem: 14 } as const;

function statFields(pid: number): readonly string[] {
  const stat = readProc(pid, "stat");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
