import { setTimeout as sleep } from "node:timers/promises";

/** Of one processor, of all processes together. Services and servers that wait need a hundredth. */
const QUIET_SHARE = 0.05;
/** Whoever does not come to rest holds nobody up for ever. */
const LIMIT_MS = 15_000;

/**
 * Waits until processes use next to no processor time for a whole window, so that what a side does behind its last answer
 * neither slows the round of the next nor stays unbilled. Answers false when they still worked at the limit. `usedSeconds`: what
 * they have used so far. The window must be longer than what waits in them for the work to pause: threads are drained after a
 * quarter of a second (ADR 0044), the last scrub comes after six tenths.
 */
export async function settle(usedSeconds: () => number, windowMs: number, limitMs = LIMIT_MS): Promise<boolean> {
  const giveUpAt = performance.now() + limitMs;
  for (let before = usedSeconds(); performance.now() < giveUpAt; ) {
    const since = performance.now();
    await sleep(windowMs);
    const now = usedSeconds();
    if (now - before < (QUIET_SHARE * (performance.now() - since)) / 1_000) return true;
    before = now;
  }
  return false;
}
