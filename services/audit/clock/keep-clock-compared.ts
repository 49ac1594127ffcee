import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flowstate/runtime";
import { classifyDatabaseError } from "../database/database-error.ts";
import type { AgreedClock } from "./agreed-clock.ts";

/** A database whose clock is set, or that another one takes the place of, is noticed so late. */
const COMPARE_INTERVAL_MS = 30_000;

export interface KeepingCompared {
  readonly clock: AgreedClock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Compares the clocks until `signal` aborts, and logs when they begin to disagree and when they agree again. */
export async function keepClockCompared({ clock, logger, signal }: KeepingCompared): Promise<void> {
  let wasRight = true;
  while (!signal.aborted) {
    await compareOnce(clock, logger);
    const isRight = clock.isRight();
    if (wasRight && !isRight) logger.error("clock.off");
    if (!wasRight && isRight) logger.info("clock.right");
    wasRight = isRight;
    // An aborted wait is a finished wait.
    await sleep(COMPARE_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A database that is away is asked again; until then the last comparison counts. */
export async function compareOnce(clock: AgreedClock, logger: Logger): Promise<void> {
  await clock.compare().catch((error: unknown) => {
    if (classifyDatabaseError(error) !== "temporary") throw error;
    logger.warn("database.unavailable", {}, error);
  });
}
