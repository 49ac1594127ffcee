import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flowstate/runtime";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { NO_TENANT } from "../chain/segment.ts";
import type { AgreedClock } from "../clock/agreed-clock.ts";
import { ALERTING_LOCK } from "../database/advisory-locks.ts";
import { classifyDatabaseError } from "../database/database-error.ts";
import { inTransaction } from "../database/transaction.ts";
import type { RecordingLag } from "../recording/recording-lag.ts";
import type { Alert, Trouble } from "./alert.ts";
import { findTroubles } from "./find-troubles.ts";
import { afterTelling, type FollowedAlerts, followAlerts, wasGivenUp } from "./follow-alerts.ts";
import { InstanceWatch } from "./instance-watch.ts";
import type { Tell } from "./slack.ts";
import { slackMessage } from "./slack-message.ts";
import { readAlerts, rememberAlerts } from "./stored-alerts.ts";

/** How often somebody looks. Whatever happens in between is told in one message. */
const LOOK_INTERVAL_MS = 30_000;

export interface Watching {
  readonly pool: Pool;
  /** Looks go by the database's time: an instance whose own clock is off tells of it by the right one. */
  readonly clock: Pick<AgreedClock, "databaseTime" | "isRight">;
  readonly logger: Logger;
  /** Rejects with the driver's error while the database is away. */
  lag(): Promise<RecordingLag>;
  /** Whether something on the broker could take in documents. */
  isOverheard(): boolean;
  /** Tells an operator; undefined when there is nobody to tell, and alerts are log lines and a metric only. */
  readonly tell: Tell | undefined;
  /** Where the dashboard is for those who are told. */
  readonly pageUrl: URL | undefined;
  /** Called after each look with what is wrong, on every instance. */
  onLook(alerts: readonly Alert[]): void;
}

/** Looks for what is wrong until `signal` aborts. A look that fails is logged, and the next one follows. */
export async function watchForAlerts(watching: Watching, signal: AbortSignal): Promise<void> {
  const instance = new InstanceWatch();
  while (!signal.aborted) {
    await lookOnce(watching, instance).catch((error: unknown) => {
      // Whatever it is, recording must go on. Of a database that is away, `/readyz` tells.
      if (classifyDatabaseError(error) === "temporary") watching.logger.warn("alerts.postponed", {}, error);
      else watching.logger.error("alerts.failed", {}, error);
    });
    // An aborted wait is a finished wait.
    await sleep(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

const TAKE_TURN = `SELECT pg_try_advisory_xact_lock(${ALERTING_LOCK}, 0) AS taken`;
const turnSchema = z.tuple([z.object({ taken: z.boolean() })]);

/**
 * One look. Of several instances one looks and tells, the others read what it has found. What could not be told is told
 * with the next look; a process that ends between telling and remembering makes the next one tell again.
 */
export async function lookOnce(watching: Watching, instance: InstanceWatch): Promise<void> {
  const { clock } = watching;
  const now = clock.databaseTime();
  const own = instance.see({
    lag: await watching.lag(),
    isClockRight: clock.isRight(),
    isOverheard: watching.isOverheard(),
    now,
  });
  const alerts = await inTransaction(watching.pool, async (client) => {
    const { rows } = await client.query(TAKE_TURN);
    const [{ taken }] = turnSchema.parse(rows);
    return taken ? look(client, watching, own, now) : readAlerts(client);
  });
  watching.onLook(alerts);
}

async function look(
  client: PoolClient,
  { logger, tell, pageUrl }: Watching,
  own: readonly Trouble[],
  at: Date,
): Promise<readonly Alert[]> {
  const known = await readAlerts(client);
  const followed = followAlerts(known, [...(await findTroubles(client, at)), ...own], at);
  for (const alert of followed.opened) {
    if (alert.opened_at === at.toISOString()) logger.error("alert.opened", fieldsOf(alert));
  }
  const text = slackMessage(followed, pageUrl, at);
  const told = text === undefined || tell === undefined || (await tell(text));
  if (!told) logger.warn("alerts.not_told", { alerts: followed.opened.length + followed.recovered.length });
  const remembered = afterTelling(followed, told, at);
  await rememberAlerts(client, remembered);
  for (const alert of forgotten(followed, remembered)) {
    logger.info(wasGivenUp(alert, followed.alerts) ? "alert.given_up" : "alert.recovered", fieldsOf(alert));
  }
  return remembered;
}

function forgotten({ alerts }: FollowedAlerts, remembered: readonly Alert[]): readonly Alert[] {
  const kept = new Set(remembered.map(({ rule, tenant_id }) => `${rule} ${tenant_id}`));
  return alerts.filter(({ rule, tenant_id }) => !kept.has(`${rule} ${tenant_id}`));
}

function fieldsOf({ rule, tenant_id, code, document_id, affected }: Alert) {
  return {
    rule,
    affected,
    ...(tenant_id !== NO_TENANT && { tenant_id }),
    ...(code !== null && { code }),
    ...(document_id !== null && { document_id }),
  };
}
