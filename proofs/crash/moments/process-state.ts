import { readFile } from "node:fs/promises";

/** Whether the whole process is stopped by a signal. False when it is no more. */
export async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name before the state may hold anything, brackets included.
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
}

/** Lets a stopped process go on; one that has ended meanwhile needs nothing. */
export function goOn(pid: number): void {
  try {
    process.kill(pid, "SIGCONT");
  } catch {
    // It has ended.
  }
}
