import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_LIMIT_MS, type Fault } from "../target.ts";

/**
 * Stops a server that nobody is connected to any more. It waits for what is under way, so one that takes longer than any
 * input may has something under way that no client sees: for whoever went without waiting.
 */
export async function stopInTime(stop: () => PromiseLike<void>): Promise<Fault | undefined> {
  const late = new AbortController();
  const stopped = Promise.resolve(stop()).then(() => true);
  const overdue = sleep(DEFAULT_LIMIT_MS, false, { signal: late.signal }).catch(() => false);
  const inTime = await Promise.race([stopped, overdue]);
  late.abort();
  return inTime ? undefined : { kind: "hang", what: "something is still under way when all is over" };
}
