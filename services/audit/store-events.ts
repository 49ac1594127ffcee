import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { bigint, columnArrays, columnList, text, unnestedRows, uuid } from "./database/columns.ts";
import { inTransaction } from "./database/transaction.ts";
import { createPartition, partitionOfDay } from "./event-partitions.ts";
import { type EventRow, type RecordedEvent, recordedEventSchema } from "./event-row.ts";
import { isDocumentEvent } from "./projection/document-event.ts";
import { refuseOutdatedFold } from "./projection/outdated-fold.ts";
import { updateDocuments } from "./projection/update-documents.ts";
import { advanceHead, recordingDay, takeTurnToStore } from "./recording-head.ts";

const rejectedRowSchema = z.object({ stream_sequence: bigint, code: text });

/** Why a message was set aside: it is not on the closed list, or PostgreSQL cannot represent it. */
type RejectionCode = "not_an_event" | "refused_by_database";

/** A message that was set aside: where it stands in the stream, never what it said. */
export interface RejectedMessage {
  readonly sequence: number;
  readonly code: RejectionCode;
}

const SELECT_STORED = "SELECT event_id FROM events WHERE event_id = ANY ($1::uuid[])";

const INSERT_EVENTS = `
  INSERT INTO events (${columnList(recordedEventSchema)})
  SELECT * FROM ${unnestedRows(recordedEventSchema)}`;

const INSERT_REJECTED = `
  INSERT INTO rejected_events (${columnList(rejectedRowSchema)})
  SELECT * FROM ${unnestedRows(rejectedRowSchema)}
  ON CONFLICT DO NOTHING`;

const storedSchema = z.array(z.object({ event_id: uuid }));

/**
 * Stores events, brings the documents they are about up to date, and notes the messages set aside, all in one transaction;
 * one transaction at a time, over all instances. Idempotent: an event that is stored already, by whichever instance, is left
 * as it is. Events are recorded in the order given. `now` says on which day. Resolves with the number of events that were
 * new; rejects with the driver's error.
 */
export async function storeEvents(
  pool: Pool,
  events: readonly EventRow[],
  rejected: readonly RejectedMessage[],
  now: Date,
): Promise<number> {
  if (events.length === 0 && rejected.length === 0) return 0;
  return inTransaction(pool, async (client) => {
    const head = await takeTurnToStore(client);
    refuseOutdatedFold(head.documents_version);
    await noteRejected(client, rejected);
    const fresh = await withoutStored(client, events);
    if (fresh.length === 0) return 0;

    const recordedOn = recordingDay(head, now);
    const partition = partitionOfDay(recordedOn);
    if (!head.partitions.includes(partition.name)) await createPartition(client, partition);
    const recorded = fresh.map((event, index) => ({
      ...event,
      position: head.position + index + 1,
      recorded_on: recordedOn,
    }));
    await insertEvents(client, recorded);
    await updateDocuments(
      client,
      recorded.filter((event) => isDocumentEvent(event)),
    );
    await advanceHead(client, head.position + recorded.length, recordedOn, now);
    return recorded.length;
  });
}

/** What is neither stored nor earlier in the same batch. */
async function withoutStored(client: PoolClient, events: readonly EventRow[]): Promise<readonly EventRow[]> {
  if (events.length === 0) return [];
  const { rows } = await client.query(SELECT_STORED, [events.map(({ event_id }) => event_id)]);
  const known = new Set(storedSchema.parse(rows).map(({ event_id }) => event_id));
  return events.filter(({ event_id }) => {
    if (known.has(event_id)) return false;
    known.add(event_id);
    return true;
  });
}

async function insertEvents(client: PoolClient, events: readonly RecordedEvent[]): Promise<void> {
  await client.query(INSERT_EVENTS, columnArrays(recordedEventSchema, events));
}

async function noteRejected(client: PoolClient, rejected: readonly RejectedMessage[]): Promise<void> {
  if (rejected.length === 0) return;
  const rows = rejected.map(({ sequence, code }) => ({ stream_sequence: sequence, code }));
  await client.query(INSERT_REJECTED, columnArrays(rejectedRowSchema, rows));
}
