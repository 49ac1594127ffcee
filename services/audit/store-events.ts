import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { bigint, columnArrays, columnList, optionalUuid, text, unnestedRows } from "./database/columns.ts";
import { inTransaction } from "./database/open-pool.ts";
import { type EventRow, eventRowSchema } from "./event-row.ts";
import { updateDocuments } from "./update-documents.ts";

const rejectedRowSchema = z.object({ stream_sequence: bigint, code: text });

/** Why a message was set aside: it is not on the closed list, or PostgreSQL cannot represent it. */
type RejectionCode = "not_an_event" | "refused_by_database";

/** A message that was set aside: where it stands in the stream, never what it said. */
export interface RejectedMessage {
  readonly sequence: number;
  readonly code: RejectionCode;
}

/**
 * In the order of their ids: two instances that store the same events then wait for each other in one direction only, and
 * cannot deadlock. An event that is stored already, by whichever instance, is left as it is.
 */
const INSERT_EVENTS = `
  INSERT INTO events (${columnList(eventRowSchema)})
  SELECT * FROM ${unnestedRows(eventRowSchema)} ORDER BY event_id
  ON CONFLICT (event_id) DO NOTHING
  RETURNING document_id`;

const INSERT_REJECTED = `
  INSERT INTO rejected_events (${columnList(rejectedRowSchema)})
  SELECT * FROM ${unnestedRows(rejectedRowSchema)} ORDER BY stream_sequence
  ON CONFLICT DO NOTHING`;

const insertedSchema = z.object({ document_id: optionalUuid });

/**
 * Stores events, brings the documents they are about up to date, and notes the messages set aside, all in one transaction.
 * Idempotent. Resolves with the number of events that were new; rejects with the driver's error.
 */
export async function storeEvents(
  pool: Pool,
  events: readonly EventRow[],
  rejected: readonly RejectedMessage[],
): Promise<number> {
  if (events.length === 0 && rejected.length === 0) return 0;
  return inTransaction(pool, async (client) => {
    await noteRejected(client, rejected);
    const inserted = await insertEvents(client, events);
    await updateDocuments(client, [...new Set(inserted.flatMap(({ document_id }) => document_id ?? []))]);
    return inserted.length;
  });
}

async function insertEvents(client: PoolClient, events: readonly EventRow[]) {
  if (events.length === 0) return [];
  const { rows } = await client.query(INSERT_EVENTS, columnArrays(eventRowSchema, events));
  return z.array(insertedSchema).parse(rows);
}

async function noteRejected(client: PoolClient, rejected: readonly RejectedMessage[]): Promise<void> {
  if (rejected.length === 0) return;
  const rows = rejected.map(({ sequence, code }) => ({ stream_sequence: sequence, code }));
  await client.query(INSERT_REJECTED, columnArrays(rejectedRowSchema, rows));
}
