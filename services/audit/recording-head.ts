import type { PoolClient } from "pg";
import { z } from "zod";
import { STORING_LOCK } from "./database/advisory-locks.ts";
import { bigint, optionalDay, text } from "./database/columns.ts";

/** How far recording has come, as the transaction that holds the storing lock sees it. */
const recordingHeadSchema = z.object({
  /** Of the last event; 0 before the first. */
  position: bigint,
  /** The newest day on which anything was recorded; null before the first. */
  recorded_on: optionalDay,
  /** The names of the partitions that exist. */
  partitions: z.array(text),
  /** Of the fold that the documents were last rebuilt with. */
  documents_version: bigint,
});
export type RecordingHead = z.output<typeof recordingHeadSchema>;

/**
 * Two statements in one round trip. Each sees what was committed before it began, so the second sees everything that the
 * lock's last holder has done.
 */
const LOCK_AND_READ = `
  SELECT pg_advisory_xact_lock(${STORING_LOCK}, 0);
  SELECT
    position,
    recorded_on,
    ARRAY(SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass) AS partitions,
    (SELECT version FROM projections WHERE name = 'documents') AS documents_version
  FROM recording_head`;

const answersSchema = z.tuple([z.unknown(), z.object({ rows: z.tuple([recordingHeadSchema]) })]);

/** Waits for its turn to store, which lasts until the transaction ends, and reads where the last one has left off. */
export async function takeTurnToStore(client: PoolClient): Promise<RecordingHead> {
  const [, { rows }] = answersSchema.parse(await client.query(LOCK_AND_READ));
  return rows[0];
}

/** The day to record on: today by this process's clock, unless another has recorded on a later day already. */
export function recordingDay({ recorded_on }: RecordingHead, now: Date): string {
  const today = now.toISOString().slice(0, "2026-11-23".length);
  return recorded_on !== null && recorded_on > today ? recorded_on : today;
}

/** Moves the head to the event recorded last. */
export async function advanceHead(client: PoolClient, position: number, recordedOn: string, now: Date): Promise<void> {
  await client.query("UPDATE recording_head SET position = $1, recorded_on = $2, recorded_at = $3", [
    position,
    recordedOn,
    now,
  ]);
}
