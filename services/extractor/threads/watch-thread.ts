import { setTimeout as sleep } from "node:timers/promises";
import { abortOf } from "./abort-of.ts";
import type { ThreadUsage } from "./contained-thread.ts";

/** What opening one document, or looking through it, may cost. Beyond it the document is refused, so the limits lie far above real documents. */
export interface ThreadLimits {
  /** Processor time of the thread, its start included. Not elapsed time: a busy machine must not refuse documents. */
  readonly cpuMs: number;
  readonly heapBytes: number;
  /** Decoded data besides the document itself. */
  readonly externalBytes: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_THREAD_LIMITS: ThreadLimits = {
  cpuMs: 10_000,
  heapBytes: 384 * MIB,
  externalBytes: 256 * MIB,
};

/** How often a thread is looked at. It can grow by about 25 MiB between two looks. */
const WATCH_INTERVAL_MS = 25;

/**
 * Resolves with true when the thread is over a limit, with false when it has ended or `signal` aborts.
 *
 * V8's own limits do not suffice: they leave out decoded streams, where a bomb of a few kilobytes unfolds to gigabytes,
 * and know no time. They remain as the last resort.
 */
export async function isOverLimits(
  thread: { usage(): Promise<ThreadUsage | undefined> },
  limits: ThreadLimits,
  documentBytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  const aborted = abortOf(signal);
  while (!signal.aborted) {
    await sleep(WATCH_INTERVAL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return false;
    // A thread in one uninterruptible operation does not answer; the caller need not wait for it.
    const usage = await Promise.race([thread.usage(), aborted]);
    if (usage === undefined) return false;
    if (usage.cpuMs > limits.cpuMs) return true;
    if (usage.heapBytes > limits.heapBytes) return true;
    if (usage.externalBytes - documentBytes > limits.externalBytes) return true;
  }
  return false;
}
