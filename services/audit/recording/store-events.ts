import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { chainLinkSchema } from "../chain/chained-event.ts";
import { type CommittedEvent, commitEvent, committedEventSchema, eventHash } from "../chain/committed-event.ts";
import { type RecordChain, saveHeads } from "../chain/record-chain.ts";
import { bigint, columnArrays, columnList, numberedRows, text, unnestedRows, uuid } from "../database/columns.ts";
import { inTransaction } from "../database/transaction.ts";
import { isDocumentEvent } from "../projection/document-event.ts";
import { refuseOutdatedFold } from "../projection/outdated-fold.ts";
import { updateDocuments } from "../projection/update-documents.ts";
import { createPartition, partitionOfDay } from "./event-partitions.ts";
import type { EventRow } from "./event-row.ts";
import { recordingDay, takeTurnToStore } from "./recording-head.ts";

const rejectedRowSchema = z.object({ stream_sequence: bigint, code: text });

/** Why a message was set aside: it is not on the closed list, or PostgreSQL cannot represent it. */
type RejectionCode = "not_an_event" | "refused_by_database";

/** A message that was set aside: where it stands in the stream, never what it said. */
export interface RejectedMessage {
  readonly sequence: number;
  readonly code: RejectionCode;
}

// Statements that have a name are planned once for each connection: with this many columns, planning costs milliseconds.
const SELECT_STORED = {
  name: "select-stored-events",
  text: "SELECT event_id FROM events WHERE event_id = ANY ($1::uuid[])",
};

/** What an event's row is made of: the event itself, its place in the chain, and beside them position and day. */
const insertedSchema = committedEventSchema.extend(chainLinkSchema.shape);
const COLUMNS = columnList(insertedSchema);
const COLUMN_COUNT = Object.keys(insertedSchema.shape).length;

/** After the columns: the position before the first of these events, and the day. */
const INSERT_EVENTS = {
  name: "insert-events",
  text: `
    INSERT INTO events (${COLUMNS}, position, recorded_on)
    SELECT ${COLUMNS}, $${COLUMN_COUNT + 1}::bigint + ordinality, $${COLUMN_COUNT + 2}::date
    FROM ${numberedRows(insertedSchema)}`,
};

const INSERT_REJECTED = `
  INSERT INTO rejected_events (${columnList(rejectedRowSchema)})
  SELECT * FROM ${unnestedRows(rejectedRowSchema)}
  ON CONFLICT DO NOTHING`;

const storedSchema = z.array(z.object({ event_id: uuid }));

/** Where events are stored, and what chains them. */
export interface Storing {
  readonly pool: Pool;
  readonly chain: RecordChain;
}

/**
 * Stores events, hangs them onto the chains of their tenants, brings the documents they are about up to date, and notes the
 * messages set aside, all in one transaction; one transaction at a time, over all instances. Idempotent: an event that is
 * stored already, by whichever instance, is left as it is. Events are recorded in the order given. `now` says on which day.
 * Resolves with the number of events that were new; rejects with a `HeadNotTrustedError`, or the driver's error.
 */
export async function storeEvents(
  { pool, chain }: Storing,
  events: readonly EventRow[],
  rejected: readonly RejectedMessage[],
  now: Date,
): Promise<number> {
  if (events.length === 0 && rejected.length === 0) return 0;
  const batch = prepareBatch(withoutRepetition(events).map(hashEvent));
  return inTransaction(pool, async (client) => {
    const { head, partitions, documentsVersion } = await takeTurnToStore(client);
    refuseOutdatedFold(documentsVersion);
    await noteRejected(client, rejected);
    const { fresh, columns } = await withoutStored(client, batch);
    if (fresh.length === 0) return 0;

    const recordedOn = recordingDay(head, now);
    const partition = partitionOfDay(recordedOn);
    if (!partitions.includes(partition.name)) await createPartition(client, partition);
    const placed = fresh.map(({ row: { tenant_id }, hash }, index) => ({
      tenant_id,
      position: head.position + index + 1,
      recorded_on: recordedOn,
      hash,
    }));
    const chained = await chain.extend(client, head, placed, now);
    const links = columnArrays(chainLinkSchema, chained.links);
    await client.query({ ...INSERT_EVENTS, values: [...columns, ...links, head.position, recordedOn] });
    const rows: readonly EventRow[] = fresh.map(({ row }) => row);
    await updateDocuments(client, rows.filter(isDocumentEvent));
    await saveHeads(client, chained);
    return fresh.length;
  });
}

interface HashedEvent {
  readonly row: CommittedEvent;
  readonly hash: string;
}

function hashEvent(event: EventRow): HashedEvent {
  const row = commitEvent(event);
  return { row, hash: eventHash(row) };
}

/** New events, and their columns as the database takes them: made before the turn to store, so that nobody waits for it. */
interface Batch {
  readonly fresh: readonly HashedEvent[];
  readonly columns: readonly string[];
}

function prepareBatch(events: readonly HashedEvent[]): Batch {
  const rows = events.map(({ row }) => row);
  return { fresh: events, columns: columnArrays(committedEventSchema, rows) };
}

/** Of events with one id, the first. */
function withoutRepetition(events: readonly EventRow[]): readonly EventRow[] {
  const byId = new Map<string, EventRow>();
  for (const event of events) if (!byId.has(event.event_id)) byId.set(event.event_id, event);
  return byId.size === events.length ? events : [...byId.values()];
}

/** What of the batch is new: ordinarily all of it. */
async function withoutStored(client: PoolClient, batch: Batch): Promise<Batch> {
  if (batch.fresh.length === 0) return batch;
  const { rows } = await client.query({ ...SELECT_STORED, values: [batch.fresh.map(({ row }) => row.event_id)] });
  if (rows.length === 0) return batch;
  const stored = new Set(storedSchema.parse(rows).map(({ event_id }) => event_id));
  return prepareBatch(batch.fresh.filter(({ row }) => !stored.has(row.event_id)));
}

async function noteRejected(client: PoolClient, rejected: readonly RejectedMessage[]): Promise<void> {
  if (rejected.length === 0) return;
  const rows = rejected.map(({ sequence, code }) => ({ stream_sequence: sequence, code }));
  await client.query(INSERT_REJECTED, columnArrays(rejectedRowSchema, rows));
}
