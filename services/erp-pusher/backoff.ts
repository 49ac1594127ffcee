/** Before the second attempt at most this long, then twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;

/**
 * How long to wait after the `attempts`th attempt, milliseconds: exponential with full jitter, so that deliveries which
 * failed together do not come back together. `random` is at least 0 and below 1.
 */
export function backoffMs(attempts: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1)));
}
