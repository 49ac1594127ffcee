import type { RejectionCode } from "@flowstate/contracts";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { chainLinkSchema } from "../chain/chained-event.ts";
import { committedEventSchema } from "../chain/committed-event.ts";
import { type ChainedBatch, type RecordChain, readLatestHeads, saveHeads } from "../chain/record-chain.ts";
import { bigint, columnArrays, columnList, numberedRows, text, unnestedRows, uuid } from "../database/columns.ts";
import { classifyDatabaseError } from "../database/database-error.ts";
import { inPipelinedTransaction, inTransaction } from "../database/transaction.ts";
import { refuseOutdatedFold } from "../projection/outdated-fold.ts";
import { extendDocuments, foldHistories, readDocuments, upsertDocuments } from "../projection/update-documents.ts";
import { type Batch, withoutStored } from "./batch.ts";
import { createPartition, type EventPartition, partitionOfDay } from "./event-partitions.ts";
import { recordingDay, takeTurnToStore } from "./recording-head.ts";

const rejectedRowSchema = z.object({ stream_sequence: bigint, code: text });

/** A message that was set aside: where it stands in the stream, never what it said. */
export interface RejectedMessage {
  readonly sequence: number;
  readonly code: RejectionCode;
}

/** PostgreSQL cannot represent one of the events: the statement that stores them was refused, and no other. */
export class EventsRefusedError extends Error {
  constructor() {
    super("refused_by_database");
    this.name = "EventsRefusedError";
  }
}

const storedSchema = z.object({ event_id: uuid });

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

/** Where events are stored, and what chains them. */
export interface Storing {
  readonly pool: Pool;
  readonly chain: RecordChain;
}

/**
 * Stores events, hangs them onto the chains of their tenants, brings the documents they are about up to date, and notes the
 * messages set aside, all in one transaction; one transaction at a time, over all instances. Idempotent: an event that is
 * stored already, by whichever instance, is left as it is. Events are recorded in the order of the batch. `now` says on which day.
 * Resolves with the number of events that were new; rejects with a `HeadNotTrustedError`, an
 * `EventsRefusedError`, or the driver's error.
 *
 * Whoever has the turn to store keeps everybody else waiting, so the database is never left without work for longer than the
 * chains need: all that is asked is asked together with the turn, and all that is written is sent without waiting in between.
 */
export async function storeEvents(
  storing: Storing,
  batch: Batch,
  rejected: readonly RejectedMessage[],
  now: Date,
): Promise<number> {
  if (batch.events.length === 0 && rejected.length === 0) return 0;
  for (;;) {
    const outcome = await storeOnce(storing, batch, rejected, now);
    if ("stored" in outcome) return outcome.stored;
    await makePartition(storing.pool, outcome.missing);
  }
}

/** How many events were new, or the partition that is missing for them: then nothing was stored. */
type Outcome = { readonly stored: number } | { readonly missing: EventPartition };

function storeOnce(
  { pool, chain }: Storing,
  batch: Batch,
  rejected: readonly RejectedMessage[],
  now: Date,
): Promise<Outcome> {
  return inPipelinedTransaction<Outcome>(pool, async (client) => {
    const [{ head, partitions, documentsVersion }, stored, latestHeads, rows] = await Promise.all([
      takeTurnToStore(client),
      readStored(client, batch),
      readLatestHeads(client, batch.tenants),
      readDocuments(client, [...batch.byDocument.keys()]),
    ]);
    refuseOutdatedFold(documentsVersion);
    const fresh = withoutStored(batch, stored);
    if (fresh.events.length === 0) return { result: { stored: 0 }, unanswered: [noteRejected(client, rejected)] };

    const recordedOn = recordingDay(head, now);
    const partition = partitionOfDay(recordedOn);
    if (!partitions.includes(partition.name)) return { result: { missing: partition }, unanswered: [] };
    const placed = fresh.events.map(({ row: { tenant_id }, hash }, index) => ({
      tenant_id,
      position: head.position + index + 1,
      recorded_on: recordedOn,
      hash,
    }));
    const chained = await chain.extend(client, head, latestHeads, placed, now);
    const inserted = insertEvents(client, fresh, chained, [head.position, recordedOn]);
    const { documents, toFoldAnew } = extendDocuments(rows, fresh.byDocument);
    // Only histories are read after the events are there; ordinarily there are none to read, and nothing is waited for.
    if (toFoldAnew.length > 0) await inserted;
    const foldedAnew = toFoldAnew.length > 0 ? await foldHistories(client, toFoldAnew) : [];
    return {
      result: { stored: fresh.events.length },
      unanswered: [
        inserted,
        upsertDocuments(client, [...documents, ...foldedAnew]),
        saveHeads(client, chained),
        noteRejected(client, rejected),
      ],
    };
  });
}

/**
 * In a transaction of its own, before the one that fills it: PostgreSQL shows what a transaction has committed a moment before
 * it tells other connections of its new partition. Whoever reads in that moment would see the signed head of a month's first
 * events and not the events, and take them for removed.
 */
function makePartition(pool: Pool, partition: EventPartition): Promise<void> {
  return inTransaction(pool, async (client) => {
    const { partitions } = await takeTurnToStore(client);
    if (!partitions.includes(partition.name)) await createPartition(client, partition);
  });
}

/** The ids of the batch's events that are stored already. */
async function readStored(client: PoolClient, { events }: Batch): Promise<ReadonlySet<string>> {
  const ids = columnArrays(
    storedSchema,
    events.map(({ row }) => row),
  );
  const { rows } = await client.query({ ...SELECT_STORED, values: ids });
  return new Set(
    storedSchema
      .array()
      .parse(rows)
      .map(({ event_id }) => event_id),
  );
}

async function insertEvents(
  client: PoolClient,
  { columns }: Batch,
  { links }: ChainedBatch,
  place: readonly [before: number, day: string],
): Promise<void> {
  const values = [...columns, ...columnArrays(chainLinkSchema, links), ...place];
  try {
    await client.query({ ...INSERT_EVENTS, values });
  } catch (error) {
    throw classifyDatabaseError(error) === "refused" ? new EventsRefusedError() : error;
  }
}

async function noteRejected(client: PoolClient, rejected: readonly RejectedMessage[]): Promise<void> {
  if (rejected.length === 0) return;
  const rows = rejected.map(({ sequence, code }) => ({ stream_sequence: sequence, code }));
  await client.query(INSERT_REJECTED, columnArrays(rejectedRowSchema, rows));
}
