import type { PoolClient } from "pg";
import { z } from "zod";
import { DOCUMENT_LOCKS } from "./database/advisory-locks.ts";
import { columnArrays, columnList, unnestedRows } from "./database/columns.ts";
import {
  type DocumentEvent,
  type DocumentRow,
  documentEventSchema,
  documentRowSchema,
  projectDocument,
} from "./documents-projection.ts";

/**
 * Two instances that each store an event of one document would each fold without seeing the other's. The lock lasts until
 * commit, and what is read after it is everything committed before. Taken in one order by everybody, so no deadlock; two
 * documents that share a hash only wait for each other.
 */
const LOCK_DOCUMENTS = `
  SELECT pg_advisory_xact_lock(${DOCUMENT_LOCKS}, lock)
  FROM (
    SELECT DISTINCT hashtext(document_id::text) AS lock FROM unnest($1::uuid[]) AS touched (document_id) ORDER BY lock
  ) AS locks`;

/** What the projection needs of each document: the first and the last event of each type, however many there are. */
const TELLING_EVENTS = `
  SELECT ${columnList(documentEventSchema)}
  FROM (
    SELECT *,
      row_number() OVER (PARTITION BY document_id, type ORDER BY time, stream_sequence, event_id) AS from_first,
      row_number() OVER (PARTITION BY document_id, type ORDER BY time DESC, stream_sequence DESC, event_id DESC)
        AS from_last
    FROM events
    WHERE document_id = ANY ($1::uuid[])
  ) AS told
  WHERE (from_first = 1 OR from_last = 1) AND tenant_id IS NOT NULL
  ORDER BY document_id, time, stream_sequence, event_id`;

const UPSERT_DOCUMENTS = `
  INSERT INTO documents (${columnList(documentRowSchema)})
  SELECT * FROM ${unnestedRows(documentRowSchema)} ORDER BY document_id
  ON CONFLICT (document_id) DO UPDATE SET (${columnList(documentRowSchema)})
    = ROW (${excludedList()})`;

function excludedList(): string {
  return Object.keys(documentRowSchema.shape)
    .map((name) => `EXCLUDED.${name}`)
    .join(", ");
}

/** Folds the stored events of the given documents into their rows. Part of the transaction that stored the events. */
export async function updateDocuments(client: PoolClient, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  await client.query(LOCK_DOCUMENTS, [documentIds]);
  const { rows } = await client.query(TELLING_EVENTS, [documentIds]);
  const documents = projectAll(z.array(documentEventSchema).parse(rows));
  await client.query(UPSERT_DOCUMENTS, columnArrays(documentRowSchema, documents));
}

/** `events` are ordered by document, then as the projection wants them. */
function projectAll(events: readonly DocumentEvent[]): DocumentRow[] {
  const histories = Map.groupBy(events, ({ document_id }) => document_id);
  return [...histories.values()].flatMap(([first, ...later]) =>
    first === undefined ? [] : [projectDocument([first, ...later])],
  );
}
