import { setTimeout as sleep } from "node:timers/promises";
import { processorSeconds } from "./process-usage.ts";

/**
 * They are looked at for so long at a time. Longer than what waits for the work to pause: threads are drained after a quarter of a
 * second (ADR 0044), the last scrub comes after six tenths.
 */
const WINDOW_MS = 1_000;
/** Of one processor, of all processes together: what services and servers need that wait. */
const QUIET_SHARE = 0.1;
/** Whoever does not come to rest holds nobody up for ever. */
const LIMIT_MS = 15_000;

/**
 * Waits until processes do next to nothing for a whole window, so that what one side does behind its last answer neither slows
 * the other's round nor stays unbilled. Answers false when they still worked at the limit.
 */
export async function settle(
  pids: () => readonly number[],
  { windowMs = WINDOW_MS, limitMs = LIMIT_MS } = {},
): Promise<boolean> {
  const used = () => pids().reduce((sum, pid) => sum + processorSeconds(pid), 0);
  const giveUpAt = performance.now() + limitMs;
  for (let before = used(); performance.now() < giveUpAt; ) {
    const since = performance.now();
    await sleep(windowMs);
    const now = used();
    if (now - before < (QUIET_SHARE * (performance.now() - since)) / 1_000) return true;
    before = now;
  }
  return false;
}
