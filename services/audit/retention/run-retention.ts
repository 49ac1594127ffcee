import type { Pool } from "pg";
import { z } from "zod";
import type { SigningKey, TrustedKeys } from "../chain/signing.ts";
import { RETENTION_LOCK } from "../database/advisory-locks.ts";
import { inSnapshot } from "../database/transaction.ts";
import { dayOf } from "../days.ts";
import { countRemoved, dueSegments } from "./due-segments.ts";
import { countDueRejected, removeRejected } from "./remove-rejected.ts";
import type { RetentionPolicy } from "./retention-policy.ts";
import { dropEmptyPartition, markRetired, removeEvents } from "./retire-segments.ts";

/** What retention removes, in numbers: the same for a dry run as for the run that follows it. */
export interface RetentionResult {
  /** Whole days of a tenant. Their signed heads stay. */
  readonly segments: number;
  readonly events: number;
  /** Of which nothing is known any more. */
  readonly documents: number;
  /** Months of events. */
  readonly partitions: number;
  /** Notes on messages that were set aside. */
  readonly rejected: number;
  /** Segments that are due and are left, because their heads are not signed as they must be. */
  readonly untrusted: number;
}

export interface RetentionRun {
  readonly pool: Pool;
  readonly policy: RetentionPolicy;
  readonly now: Date;
  /** Segments whose heads none of these has signed are left. */
  readonly trusted: TrustedKeys;
}

export interface Signing {
  readonly key: SigningKey;
}

/** What `runRetention` would remove now. Rejects with the driver's error. */
export async function planRetention({ pool, policy, now, trusted }: RetentionRun): Promise<RetentionResult> {
  return inSnapshot(pool, async (client) => {
    const today = dayOf(now);
    const { due, untrusted, begun, emptyPartitions } = await dueSegments(client, policy, today, trusted);
    const removed = await countRemoved(client, [...begun, ...due]);
    const rejected = await countDueRejected(client, policy, today);
    const partitions = emptyPartitions.length;
    return { segments: due.length, ...removed, partitions, rejected, untrusted: untrusted.length };
  });
}

/**
 * Removes all events whose time is over: whole segments, in bounded batches, while recording goes on. Undefined when another
 * instance is at it. Rejects with the driver's error; what was done until then is done, and the next run does the rest.
 */
export async function runRetention(run: RetentionRun & Signing): Promise<RetentionResult | undefined> {
  const lock = await run.pool.connect();
  try {
    const { rows } = await lock.query(`SELECT pg_try_advisory_lock(${RETENTION_LOCK}, 0) AS taken`);
    const [{ taken }] = z.tuple([z.object({ taken: z.boolean() })]).parse(rows);
    const outcome = taken ? await removeDue(run) : undefined;
    if (taken) await lock.query(`SELECT pg_advisory_unlock(${RETENTION_LOCK}, 0)`);
    lock.release();
    return outcome;
  } catch (error) {
    // The lock is the session's and ends with it.
    lock.release(true);
    throw error;
  }
}

async function removeDue({ pool, policy, now, trusted, key }: RetentionRun & Signing): Promise<RetentionResult> {
  const today = dayOf(now);
  const { due, untrusted, begun, emptyPartitions } = await inSnapshot(pool, (client) =>
    dueSegments(client, policy, today, trusted),
  );
  // All marks first: what is then left of a document in several segments is known to go.
  await markRetired(pool, due, today, key);
  let events = 0;
  let documents = 0;
  let partitions = 0;
  for (const segment of [...begun, ...due]) {
    const removed = await removeEvents(pool, segment);
    events += removed.events;
    documents += removed.documents;
  }
  for (const name of emptyPartitions) if (await dropEmptyPartition(pool, name)) partitions += 1;
  const rejected = await removeRejected(pool, policy, today);
  const segments = due.length;
  const outcome = { segments, events, documents, partitions, rejected, untrusted: untrusted.length };
  await recordRun(pool, today, now, outcome);
  return outcome;
}

/** Several runs on one day are told together, and what the last of them had to leave. */
const RECORD_RUN = `
  INSERT INTO retention_runs AS earlier (day, finished_at, segments, events, documents, partitions, rejected, untrusted)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (day) DO UPDATE SET (finished_at, segments, events, documents, partitions, rejected, untrusted) = ROW (
    EXCLUDED.finished_at,
    earlier.segments + EXCLUDED.segments,
    earlier.events + EXCLUDED.events,
    earlier.documents + EXCLUDED.documents,
    earlier.partitions + EXCLUDED.partitions,
    earlier.rejected + EXCLUDED.rejected,
    EXCLUDED.untrusted
  )`;

async function recordRun(pool: Pool, today: string, now: Date, outcome: RetentionResult): Promise<void> {
  const { segments, events, documents, partitions, rejected, untrusted } = outcome;
  await pool.query(RECORD_RUN, [today, now, segments, events, documents, partitions, rejected, untrusted]);
}

/** Whether a run has got to the end on the day of `now`, on whichever instance. */
export async function hasRunToday(pool: Pool, now: Date): Promise<boolean> {
  const { rows } = await pool.query("SELECT FROM retention_runs WHERE day = $1", [dayOf(now)]);
  return rows.length > 0;
}
