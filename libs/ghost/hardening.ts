import { readFileSync } from "node:fs";

/**
 * A process that handles content is started so that what it frees is cleared and nothing of it can reach a disk by
 * itself. The settings are here, once: the local stack and the images start services with them, and each service checks
 * them on itself.
 */

/** Node and V8 flags: freed heap is cleared, a collection can be asked for. */
export const HARDENED_NODE_FLAGS = ["--expose-gc", "--clear-free-memory"] as const;

/**
 * glibc overwrites what native code frees; without the thread cache, because chunks up to about 1 KB would otherwise go
 * there unperturbed (small model answers lived there).
 */
export const HARDENED_ENVIRONMENT = {
  GLIBC_TUNABLES: "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165",
} as const;

/** Flags that would write memory to a disk on a signal or a fatal error. */
const FORBIDDEN_NODE_FLAGS = [
  "--heapsnapshot-signal",
  "--heapsnapshot-near-heap-limit",
  "--diagnostic-dir",
  "--report-on-signal",
  "--report-on-fatalerror",
  "--report-uncaught-exception",
  "--heap-prof",
  "--cpu-prof",
] as const;

export interface HardeningFinding {
  /** A stable name, fit for a log line. */
  readonly measure: "node_flags" | "no_memory_dumps" | "glibc_scrubbing" | "no_core_dump" | "no_swap";
  readonly holds: boolean;
}

/**
 * Looks at the running process and its kernel. On systems without /proc the measures that only it can show count as not
 * holding: an unknown is not a yes.
 */
export function checkHardening(): readonly HardeningFinding[] {
  // Node reads --heap_prof as --heap-prof.
  const flags = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)].map((flag) =>
    flag.replaceAll("_", "-"),
  );
  return [
    { measure: "node_flags", holds: HARDENED_NODE_FLAGS.every((flag) => flags.includes(flag)) },
    {
      measure: "no_memory_dumps",
      holds: !flags.some((flag) => FORBIDDEN_NODE_FLAGS.some((forbidden) => flag.startsWith(forbidden))),
    },
    {
      measure: "glibc_scrubbing",
      holds: process.env["GLIBC_TUNABLES"] === HARDENED_ENVIRONMENT.GLIBC_TUNABLES && usesGlibc(),
    },
    { measure: "no_core_dump", holds: leavesNoCore() },
    { measure: "no_swap", holds: /^VmSwap:\s+0 kB$/m.test(readProc("/proc/self/status")) && swapIsOff() },
  ];
}

function usesGlibc(): boolean {
  return /\/libc\.so\.6$/m.test(readProc("/proc/self/maps"));
}

/** The limit does not hold for cores that the kernel pipes to a program (core(5)): there must be no such program, either. */
function leavesNoCore(): boolean {
  const pattern = readProc("/proc/sys/kernel/core_pattern");
  const limitedToNothing = /^Max core file size\s+0\s+0\s/m.test(readProc("/proc/self/limits"));
  return limitedToNothing && pattern !== "" && !pattern.startsWith("|");
}

/** A header line and nothing below it: no swap area is in use. */
function swapIsOff(): boolean {
  return readProc("/proc/swaps").trim().split("\n").length === 1 && readProc("/proc/swaps") !== "";
}

function readProc(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
