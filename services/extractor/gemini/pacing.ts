import { setTimeout as wait } from "node:timers/promises";

/** Time and chance, as far as repeating a request depends on them. */
export interface Pacing {
  /** Milliseconds of a clock that only runs forward: a clock that is set back must not keep the model away for a day. */
  now(): number;
  /** Resolves after the time, or as soon as `signal` is aborted. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, but not including, 1. */
  random(): number;
}

export const REAL_PACING: Pacing = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => {}),
  random: () => Math.random(),
};
