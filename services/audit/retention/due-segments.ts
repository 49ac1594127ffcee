import type { PoolClient } from "pg";
import { z } from "zod";
import { isBrokenOff, readBreaks } from "../chain/chain-break.ts";
import { checkHead, type Segment, segmentSchema } from "../chain/segment.ts";
import type { TrustedKeys } from "../chain/signing.ts";
import { bigint, columnList } from "../database/columns.ts";
import { partitionOfDay } from "../recording/event-partitions.ts";
import { lastDueDay, type RetentionPolicy } from "./retention-policy.ts";

/** What is to be removed on a day. */
export interface DueSegments {
  /** Their events go, and their rows are marked. */
  readonly due: readonly Segment[];
  /**
   * Past their time, but their heads are not signed with a trusted key: they keep their events, because these are what tells
   * who has been at them, until an operator has had the chain begun anew after them.
   */
  readonly untrusted: readonly Segment[];
  /** Marked earlier, and there are events all the same: of a run that did not get to the end, or of a backup. They go, too. */
  readonly begun: readonly Segment[];
  /** Months in which nothing is left then. */
  readonly emptyPartitions: readonly string[];
}

const SELECT_DUE = `
  SELECT ${columnList(segmentSchema)}
  FROM segments
  LEFT JOIN unnest($1::text[], $2::date[]) AS policy (policy_tenant, last_due) ON policy_tenant = tenant_id
  WHERE retired_on IS NULL AND day <= coalesce(last_due, $3::date)
  ORDER BY day, tenant_id`;

/** Of days before that of the oldest event nothing can be left. */
const SELECT_BEGUN = `
  SELECT ${columnList(segmentSchema)}
  FROM segments
  WHERE retired_on IS NOT NULL
    AND day >= (SELECT recorded_on FROM events ORDER BY position LIMIT 1)
    AND EXISTS (SELECT FROM events WHERE coalesce(events.tenant_id, '_') = segments.tenant_id AND recorded_on = day)
  ORDER BY day, tenant_id`;

/** The oldest day of each month that has a partition on which there is something that stays. */
const SELECT_PARTITIONS = `
  SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`;
const SELECT_STAYING = `
  SELECT DISTINCT date_trunc('month', day)::date::text AS month
  FROM segments
  LEFT JOIN unnest($1::text[], $2::date[]) AS policy (policy_tenant, last_due) ON policy_tenant = tenant_id
  WHERE retired_on IS NULL AND day > coalesce(last_due, $3::date)`;

/** What the policy has to be removed on `today`, as far as heads are signed with `trusted` keys, read in one snapshot. */
export async function dueSegments(
  client: PoolClient,
  policy: RetentionPolicy,
  today: string,
  trusted: TrustedKeys,
): Promise<DueSegments> {
  const parameters = [
    [...policy.days.keys()],
    Array.from(policy.days.values(), (days) => lastDueDay(days, today)),
    lastDueDay(policy.otherwise, today),
  ];
  const past = z.array(segmentSchema).parse((await client.query(SELECT_DUE, parameters)).rows);
  const breaks = await readBreaks(client, trusted);
  const due = past.filter((segment) => checkHead(segment, trusted) === "valid" || isBrokenOff(segment, breaks));
  const removable = new Set(due);
  const untrusted = past.filter((segment) => !removable.has(segment));
  const begun = await client.query(SELECT_BEGUN);
  const partitions = await client.query(SELECT_PARTITIONS);
  const staying = await client.query(SELECT_STAYING, parameters);
  const inUse = new Set(
    z
      .array(z.object({ month: z.string() }))
      .parse(staying.rows)
      .map(({ month }) => partitionOfDay(month).name),
  );
  for (const { day } of untrusted) inUse.add(partitionOfDay(day).name);
  // Something may be recorded today.
  inUse.add(partitionOfDay(today).name);
  return {
    due,
    untrusted,
    begun: z.array(segmentSchema).parse(begun.rows),
    emptyPartitions: z
      .array(z.object({ name: z.string() }))
      .parse(partitions.rows)
      .map(({ name }) => name)
      .filter((name) => !inUse.has(name)),
  };
}

const COUNT_REMOVED = `
  WITH due AS (SELECT * FROM unnest($1::text[], $2::date[]) AS due (due_tenant, due_day)),
  doomed AS (
    SELECT event_id, document_id
    FROM due JOIN events ON coalesce(tenant_id, '_') = due_tenant AND recorded_on = due_day
  )
  SELECT
    (SELECT count(*) FROM doomed) AS events,
    (
      SELECT count(*)
      FROM documents
      WHERE document_id IN (SELECT document_id FROM doomed)
        AND NOT EXISTS (
          SELECT FROM events
          WHERE events.document_id = documents.document_id
            AND (coalesce(events.tenant_id, '_'), recorded_on) NOT IN (SELECT due_tenant, due_day FROM due)
        )
    ) AS documents`;
const countsSchema = z.tuple([z.object({ events: bigint, documents: bigint })]);

/** How many events go with the segments, and how many documents of which nothing else is known. */
export async function countRemoved(
  client: PoolClient,
  segments: readonly Segment[],
): Promise<{ readonly events: number; readonly documents: number }> {
  const { rows } = await client.query(COUNT_REMOVED, [
    segments.map(({ tenant_id }) => tenant_id),
    segments.map(({ day }) => day),
  ]);
  return countsSchema.parse(rows)[0];
}
