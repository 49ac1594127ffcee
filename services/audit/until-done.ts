import { setTimeout as sleep } from "node:timers/promises";

/** Pauses between attempts to reach what is away. */
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 5_000;

/**
 * Attempts until an attempt resolves with something, at once and then after pauses that grow up to a bound. Undefined when
 * `signal` aborts first. What an attempt throws is thrown.
 */
export async function untilDone<T extends {}>(
  signal: AbortSignal,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let backoffMs = BACKOFF_MIN_MS; !signal.aborted; backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS)) {
    const result = await attempt();
    if (result !== undefined) return result;
    // An aborted wait is a finished wait.
    await sleep(backoffMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
