import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flowstate/runtime";
import { classifyDatabaseError } from "../database/database-error.ts";
import { hasRunToday, type RetentionRun, runRetention, type Signing } from "./run-retention.ts";

/** How soon after midnight (UTC) a day's run begins, and how soon one that failed is tried again. */
const CHECK_INTERVAL_MS = 600_000;

export interface KeepingRetention extends Omit<RetentionRun, "now">, Signing {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** What time it is for certain. May reject with `ClockOffError`, or the driver's error. */
  now(): Promise<Date>;
}

/**
 * Runs retention once a day, on whichever instance comes first, until `signal` aborts. What fails is logged and tried again.
 */
export async function keepRetention({ signal, ...keeping }: KeepingRetention): Promise<void> {
  while (!signal.aborted) {
    await retainOnce(keeping);
    // An aborted wait is a finished wait.
    await sleep(CHECK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Does what is to be done on this day, unless it was done already. */
export async function retainOnce({ logger, now, ...run }: Omit<KeepingRetention, "signal">): Promise<void> {
  const startedAt = performance.now();
  try {
    const at = await now();
    if (await hasRunToday(run.pool, at)) return;
    const outcome = await runRetention({ ...run, now: at });
    if (outcome === undefined) return;
    const { segments, events, documents, untrusted } = outcome;
    const duration_ms = Math.round(performance.now() - startedAt);
    logger.info("retention.done", { segments, events, documents, duration_ms });
    if (untrusted > 0) logger.error("retention.head_not_trusted", { segments: untrusted });
  } catch (error) {
    // Whatever it is, recording must go on; what is past its time goes the next time.
    if (classifyDatabaseError(error) === "temporary") logger.warn("retention.postponed", {}, error);
    else logger.error("retention.failed", {}, error);
  }
}
