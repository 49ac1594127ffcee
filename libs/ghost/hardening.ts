import { readFileSync } from "node:fs";
import type { HardeningMeasure } from "@flowstate/contracts";

/**
 * A process that handles content is started so that what it frees is cleared and nothing of it can reach a disk by
 * itself. The settings are here, once: the local stack and the images start services with them, and each service checks
 * them on itself.
 */

/** SIGUSR1 starts no inspector, through which whoever may send signals could read the heap. */
const NO_SIGNAL_INSPECTS = "--disable-sigusr1";

/**
 * A heap is marked when it is collected, and not bit by bit before: a collection that finishes what was begun clears nothing of
 * what died since (ADR 0048).
 */
const MARKS_AT_ONCE = "--no-incremental-marking";

/** Node and V8 flags: freed heap is cleared, a collection can be asked for and reaches all there is. */
export const HARDENED_NODE_FLAGS = ["--expose-gc", "--clear-free-memory", MARKS_AT_ONCE, NO_SIGNAL_INSPECTS] as const;

/**
 * glibc overwrites what native code frees; without the thread cache, because chunks up to about 1 KB would otherwise go
 * there unperturbed (small model answers lived there). From 1 MiB on memory goes back to the kernel as soon as it is freed: left
 * to itself glibc raises that bound to the largest piece it has seen, and keeps documents' memory between others'.
 */
export const HARDENED_ENVIRONMENT = {
  GLIBC_TUNABLES: "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165:glibc.malloc.mmap_threshold=1048576",
} as const;

/**
 * What flags begin with that have Node or V8 write memory, or keys that open what was sent, to a disk: on a signal, on a
 * fatal error, at the end, or all the time. Also those that read further flags from a file, where nobody sees them.
 */
const DUMPING_FLAGS = [
  "--abort-on-",
  "--build-snapshot",
  "--cpu-prof",
  "--diagnostic-dir",
  "--dump-",
  "--experimental-config-file",
  "--experimental-default-config-file",
  "--gdbjit",
  "--heap-prof",
  "--heapsnapshot-",
  "--ll-prof",
  "--log",
  "--perf-",
  "--prof",
  "--redirect-code-traces",
  "--report-",
  "--tls-keylog",
  "--trace-event",
  "--turbo-profiling",
] as const;
/** Variables that do the same. */
const DUMPING_VARIABLES = ["NODE_V8_COVERAGE"] as const;

const INSPECTOR_FLAGS = ["--inspect"] as const;

/** What has Node and V8 write to their output what they are doing, headers and values included. */
const TALKATIVE_FLAGS = ["--trace", "--print-"] as const;
const TALKATIVE_VARIABLES = ["NODE_DEBUG", "NODE_DEBUG_NATIVE"] as const;

export interface HardeningFinding {
  readonly measure: HardeningMeasure;
  readonly holds: boolean;
}

/**
 * Looks at the running process and its kernel. On systems without /proc the measures that only it can show count as not
 * holding: an unknown is not a yes.
 */
export function checkHardening(): readonly HardeningFinding[] {
  const flags = startedWith();
  const has = (flag: string) => flags.includes(flag) && !flags.includes(negated(flag));
  const lacks = (beginnings: readonly string[], variables: readonly string[] = []) =>
    !flags.some((flag) => beginnings.some((beginning) => flag.startsWith(beginning))) &&
    variables.every((name) => (process.env[name] ?? "") === "");
  return [
    {
      measure: "node_flags",
      holds: HARDENED_NODE_FLAGS.every(has),
    },
    { measure: "no_memory_dumps", holds: lacks(DUMPING_FLAGS, DUMPING_VARIABLES) },
    { measure: "no_inspector", holds: lacks(INSPECTOR_FLAGS) && has(NO_SIGNAL_INSPECTS) },
    { measure: "no_debug_output", holds: lacks(TALKATIVE_FLAGS, TALKATIVE_VARIABLES) },
    {
      measure: "glibc_scrubbing",
      holds: process.env["GLIBC_TUNABLES"] === HARDENED_ENVIRONMENT.GLIBC_TUNABLES && usesGlibc(),
    },
    { measure: "no_core_dump", holds: leavesNoCore() },
    { measure: "no_swap", holds: /^VmSwap:\s+0 kB$/m.test(readProc("/proc/self/status")) && swapIsOff() },
  ];
}

/** The flags of the command line and of NODE_OPTIONS. Node reads --heap_prof as --heap-prof, and takes quotes off. */
function startedWith(): readonly string[] {
  const options = (process.env["NODE_OPTIONS"] ?? "").replaceAll(/["\\]/g, "").split(/\s+/);
  return [...process.execArgv, ...options].map((flag) => flag.replaceAll("_", "-").replace(/^--no(?!-)/, "--no-"));
}

function negated(flag: string): string {
  return flag.startsWith("--no-") ? flag.replace("--no-", "--") : flag.replace("--", "--no-");
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
