import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { retire, type Segment, segmentSchema } from "../chain/segment.ts";
import type { SigningKey } from "../chain/signing.ts";
import { columnArrays, optionalUuid, unnestedRows, uuid } from "../database/columns.ts";
import { inTransaction } from "../database/transaction.ts";
import { refoldDocuments } from "../projection/update-documents.ts";
import { takeTurnToStore } from "../recording/recording-head.ts";

/** Segments marked in one statement. */
const MARKS_PER_BATCH = 500;
/** Events removed in one transaction, and a few more, up to a signed one: storing waits for one of these at most. */
const EVENTS_PER_BATCH = 1_000;
/** For a table that somebody reads at the time; the next run drops it. */
const DROP_LOCK_TIMEOUT_MS = 2_000;

const markSchema = segmentSchema.pick({
  tenant_id: true,
  day: true,
  retired_on: true,
  retirement_key_id: true,
  retirement_signature: true,
});

const MARK_SEGMENTS = `
  UPDATE segments SET (retired_on, retirement_key_id, retirement_signature)
    = ROW (batch.retired_on, batch.retirement_key_id, batch.retirement_signature)
  FROM ${unnestedRows(markSchema)}
  WHERE segments.tenant_id = batch.tenant_id AND segments.day = batch.day AND segments.retired_on IS NULL`;

/**
 * Marks segments as retired on `today`, before any of their events go: what is interrupted afterwards is known to have been
 * meant. Rejects with the driver's error.
 */
export async function markRetired(
  pool: Pool,
  segments: readonly Segment[],
  today: string,
  key: SigningKey,
): Promise<void> {
  for (let start = 0; start < segments.length; start += MARKS_PER_BATCH) {
    const marks = segments
      .slice(start, start + MARKS_PER_BATCH)
      .map((segment) => ({ tenant_id: segment.tenant_id, day: segment.day, ...retire(segment, today, key) }));
    await pool.query(MARK_SEGMENTS, columnArrays(markSchema, marks));
  }
}

const SEGMENT = "coalesce(tenant_id, '_') = $1 AND recorded_on = $2";
/**
 * From the end, down to an event that carries a signature of the head as it was then. What is left is a beginning that is
 * proven by it, so that the record verifies after every batch.
 */
const DELETE_LAST_EVENTS = `
  WITH enough AS (
    SELECT position FROM events WHERE ${SEGMENT} ORDER BY position DESC OFFSET ${EVENTS_PER_BATCH} LIMIT 1
  ), signed AS (
    SELECT position FROM events
    WHERE ${SEGMENT} AND head_signature IS NOT NULL AND position <= (SELECT position FROM enough)
    ORDER BY position DESC
    LIMIT 1
  )
  DELETE FROM events
  WHERE ${SEGMENT} AND ((SELECT position FROM signed) IS NULL OR position > (SELECT position FROM signed))
  RETURNING document_id, (SELECT position FROM signed) IS NOT NULL AS more`;

const removedSchema = z.array(z.object({ document_id: optionalUuid, more: z.boolean() }));

/** Documents of which something is known beyond what is being removed. */
const SELECT_LIVING = `
  SELECT document_id
  FROM unnest($1::uuid[]) AS touched (document_id)
  WHERE EXISTS (
    SELECT FROM events
    JOIN segments ON segments.tenant_id = coalesce(events.tenant_id, '_') AND day = recorded_on
    WHERE events.document_id = touched.document_id AND retired_on IS NULL
  )`;
const livingSchema = z.array(z.object({ document_id: uuid }));

export interface Removed {
  readonly events: number;
  readonly documents: number;
}

/**
 * Removes the events of a segment that is marked, in batches. Documents of which nothing else is known go with them; others
 * are folded anew. Recording goes on in between.
 */
export async function removeEvents(pool: Pool, { tenant_id, day }: Segment): Promise<Removed> {
  let events = 0;
  let documents = 0;
  for (let more = true; more; ) {
    const batch = await inTransaction(pool, async (client) => {
      await takeTurnToStore(client);
      const removed = removedSchema.parse((await client.query(DELETE_LAST_EVENTS, [tenant_id, day])).rows);
      const touched = [...new Set(removed.flatMap(({ document_id }) => document_id ?? []))];
      return {
        events: removed.length,
        documents: await removeDocuments(client, touched),
        more: removed[0]?.more ?? false,
      };
    });
    events += batch.events;
    documents += batch.documents;
    more = batch.more;
  }
  return { events, documents };
}

async function removeDocuments(client: PoolClient, touched: readonly string[]): Promise<number> {
  if (touched.length === 0) return 0;
  const { rows } = await client.query(SELECT_LIVING, [touched]);
  const living = new Set(livingSchema.parse(rows).map(({ document_id }) => document_id));
  await refoldDocuments(client, [...living]);
  const gone = touched.filter((documentId) => !living.has(documentId));
  const { rowCount } = await client.query("DELETE FROM documents WHERE document_id = ANY ($1::uuid[])", [gone]);
  return rowCount ?? 0;
}

/** Drops a month in which there is nothing any more. False when there is, or when somebody reads from it. */
export async function dropEmptyPartition(pool: Pool, name: string): Promise<boolean> {
  try {
    return await inTransaction(pool, async (client) => {
      await takeTurnToStore(client);
      await client.query(
        `SET LOCAL lock_timeout = ${DROP_LOCK_TIMEOUT_MS}; LOCK TABLE events IN ACCESS EXCLUSIVE MODE`,
      );
      const { rows } = await client.query(`SELECT FROM ${name} LIMIT 1`);
      if (rows.length > 0) return false;
      await client.query(`DROP TABLE ${name}`);
      return true;
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

const LOCK_NOT_AVAILABLE = "55P03";
