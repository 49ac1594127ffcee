import { setTimeout as sleep } from "node:timers/promises";

/** Clocks, waiting and chance, so that tests hold all of them. */
export interface Timing {
  /** The time of day: what signatures and dates speak of. */
  now(): Date;
  /** Milliseconds on a clock that nobody sets: what durations are measured on. */
  elapsedMs(): number;
  /** Rejects when `signal` is aborted, with its reason. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** At least 0 and below 1. */
  random(): number;
}

export const SYSTEM_TIMING: Timing = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
  random: Math.random,
};
