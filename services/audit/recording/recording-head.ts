import type { PoolClient } from "pg";
import { z } from "zod";
import { type RecordingHead, recordingHeadSchema } from "../chain/recording-head.ts";
import { STORING_LOCK } from "../database/advisory-locks.ts";
import { bigint, columnList, text } from "../database/columns.ts";
import { dayOf } from "../days.ts";

/** How far recording has come, as the transaction that holds the storing lock sees it. */
export interface StoringTurn {
  readonly head: RecordingHead;
  /** The names of the partitions that exist. */
  readonly partitions: readonly string[];
  /** Of the fold that the documents were last rebuilt with. */
  readonly documentsVersion: number;
}

/**
 * Two statements in one round trip. Each sees what was committed before it began, so the second sees everything that the
 * lock's last holder has done.
 */
const LOCK_AND_READ = `
  SELECT pg_advisory_xact_lock(${STORING_LOCK}, 0);
  SELECT
    ${columnList(recordingHeadSchema)},
    ARRAY(SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass) AS partitions,
    (SELECT version FROM projections WHERE name = 'documents') AS documents_version
  FROM recording_head`;

const turnSchema = recordingHeadSchema.extend({ partitions: z.array(text), documents_version: bigint }).transform(
  ({ partitions, documents_version, ...head }): StoringTurn => ({
    head,
    partitions,
    documentsVersion: documents_version,
  }),
);
const answersSchema = z.tuple([z.unknown(), z.object({ rows: z.tuple([turnSchema]) })]);

/** Waits for its turn to store, which lasts until the transaction ends, and reads where the last one has left off. */
export async function takeTurnToStore(client: PoolClient): Promise<StoringTurn> {
  const [, { rows }] = answersSchema.parse(await client.query(LOCK_AND_READ));
  return rows[0];
}

/** The day to record on: today by this process's clock, unless another has recorded on a later day already. */
export function recordingDay({ recorded_on }: Pick<RecordingHead, "recorded_on">, now: Date): string {
  const today = dayOf(now);
  return recorded_on !== null && recorded_on > today ? recorded_on : today;
}
