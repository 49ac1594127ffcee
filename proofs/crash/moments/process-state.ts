import { readFile } from "node:fs/promises";

/** Whether the whole process is stopped by a signal. False when it is no more. */
export async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name before the state may hold anything, brackets included.
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
}

/** Stops a process (SIGSTOP), if it has not ended meanwhile. */
export function stop(pid: number): void {
  signal(pid, "SIGSTOP");
}

/** Lets a stopped process go on; one that has ended meanwhile needs nothing. */
export function goOn(pid: number): void {
  signal(pid, "SIGCONT");
}

function signal(pid: number, name: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
