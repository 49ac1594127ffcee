import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { NO_TENANT } from "../chain/segment.ts";
import { bigint } from "../database/columns.ts";
import { lastDueDay, type RetentionPolicy } from "./retention-policy.ts";

/** Notes removed in one statement. */
const NOTES_PER_BATCH = 1_000;

/** Of messages that were set aside on the day that is given (UTC), or before. */
const DUE = "rejected_at < ($1::date + 1)::timestamp AT TIME ZONE 'UTC'";
const COUNT_DUE = `SELECT count(*) AS rejected FROM rejected_events WHERE ${DUE}`;
const DELETE_DUE = `
  DELETE FROM rejected_events
  WHERE (stream_sequence, code) IN (
    SELECT stream_sequence, code FROM rejected_events WHERE ${DUE} ORDER BY rejected_at LIMIT ${NOTES_PER_BATCH}
  )`;

const countSchema = z.tuple([z.object({ rejected: bigint })]);

/** A message that was no event has no tenant: its note is kept for as long as events without one. The stream has forgotten it by then. */
function lastDue(policy: RetentionPolicy, today: string): string {
  return lastDueDay(policy.days.get(NO_TENANT) ?? policy.otherwise, today);
}

/** How many notes on messages that were set aside are past their time on `today`. */
export async function countDueRejected(client: PoolClient, policy: RetentionPolicy, today: string): Promise<number> {
  const { rows } = await client.query(COUNT_DUE, [lastDue(policy, today)]);
  return countSchema.parse(rows)[0].rejected;
}

/** Removes them in batches; resolves with how many there were. */
export async function removeRejected(pool: Pool, policy: RetentionPolicy, today: string): Promise<number> {
  const until = lastDue(policy, today);
  let removed = 0;
  for (let batch = NOTES_PER_BATCH; batch === NOTES_PER_BATCH; removed += batch) {
    batch = (await pool.query(DELETE_DUE, [until])).rowCount ?? 0;
  }
  return removed;
}
