import type { Pool } from "pg";
import { inTransaction } from "../database/transaction.ts";
import { DOCUMENT_STATUSES } from "../projection/document-row.ts";
import { createPartition, partitionOfDay } from "../recording/event-partitions.ts";
import { TENANT } from "./sample-events.ts";

/** The last time in a history; documents came every 26 seconds before it, so that 100,000 fill a month. */
export const HISTORY_END = "2026-11-28T00:00:00.000Z";
const HISTORY_STEP_MS = 26_000;

/** Rows in one statement, which a busy machine must be able to make within a statement's time. */
const BATCH = 10_000;
const [RECORDED_ON] = HISTORY_END.split("T");

/**
 * Rows as recording would have left them, made by PostgreSQL itself: the n-th document is the n-th before `HISTORY_END`, its
 * status the n-th of all in turns, its extraction took n % 1000 milliseconds.
 */
const INSERT_DOCUMENTS = `
  INSERT INTO documents (
    document_id, tenant_id, mail_id, status, status_at, code, sender_email, source, size_bytes, received_at,
    extract_duration_ms, deliver_duration_ms, projection_version, folded_time, folded_sequence, folded_event_id)
  SELECT
    gen_random_uuid(), $2, gen_random_uuid(), ($3::text[])[1 + n % array_length($3::text[], 1)], at,
    CASE n % 100 WHEN 0 THEN 'erp_rejected' END, 'sender-' || n % 1000 || '@supplier.example', 'sendgrid', 20480, at,
    n % 1000, n % 300, 1, at, n, gen_random_uuid()
  FROM generate_series($1::int, $6::int - 1) AS n, LATERAL (
    SELECT $4::timestamptz - (n * $5::bigint + 1) * interval '1 ms' AS at
  ) AS times`;

const INSERT_EVENTS = `
  INSERT INTO events (
    position, recorded_on, event_id, stream_sequence, type, time, tenant_id, mail_id, document_id, sender_email, source,
    size_bytes, segment_index, digest)
  SELECT
    recording_head.position + n, $3::date, gen_random_uuid(), n, 'document.received', $4::timestamptz - n * interval '1 s', $2,
    gen_random_uuid(), gen_random_uuid(), 'sender-' || n || '@supplier.example', 'sendgrid', n, n, ''
  FROM generate_series($5::int + 1, $1::int) AS n, recording_head`;

/** Documents of a tenant, without their events. */
export async function insertDocuments(pool: Pool, count: number, tenant: string = TENANT): Promise<void> {
  for (let first = 0; first < count; first += BATCH) {
    const batch = [first, tenant, DOCUMENT_STATUSES, HISTORY_END, HISTORY_STEP_MS, Math.min(first + BATCH, count)];
    await pool.query(INSERT_DOCUMENTS, batch);
  }
  await pool.query("ANALYZE documents");
}

/**
 * Events of a tenant, without their documents: the last recorded is the oldest. They hang in no chain, so nothing can be
 * recorded after them.
 */
export async function insertEvents(pool: Pool, count: number, tenant: string = TENANT): Promise<void> {
  await inTransaction(pool, async (client) => {
    const partition = partitionOfDay(RECORDED_ON ?? "");
    const { rowCount } = await client.query("SELECT FROM pg_class WHERE relname = $1", [partition.name]);
    if (rowCount === 0) await createPartition(client, partition);
    for (let done = 0; done < count; done += BATCH) {
      await client.query(INSERT_EVENTS, [Math.min(done + BATCH, count), tenant, RECORDED_ON, HISTORY_END, done]);
    }
    await client.query("UPDATE recording_head SET position = position + $1, recorded_on = $2", [count, RECORDED_ON]);
  });
  await pool.query("ANALYZE events");
}
