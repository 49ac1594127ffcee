import { countPendingEvents, type EventsConnection } from "@flowstate/messaging";
import type { Pool } from "pg";
import { z } from "zod";
import { bigint, optionalTime } from "../database/columns.ts";

/** How far the record is behind what has happened. */
export interface RecordingLag {
  /** Events that wait in the stream; null while the broker does not tell. */
  readonly pending_events: number | null;
  /** When any instance last stored something, RFC 3339 in UTC; null before the first. */
  readonly last_recorded_at: string | null;
  /** The position of the last event. */
  readonly position: number;
  /** Messages that were set aside, for as long as retention keeps the notes on them. */
  readonly rejected_messages: number;
}

const SELECT_LAG = `
  SELECT position, recorded_at, (SELECT count(*) FROM rejected_events) AS rejected
  FROM recording_head`;

const lagSchema = z.tuple([z.object({ position: bigint, recorded_at: optionalTime, rejected: bigint })]);

/** Asks the database and, if there is a connection, the broker. Rejects with the driver's error while the database is away. */
export async function recordingLag(pool: Pool, connection: EventsConnection | undefined): Promise<RecordingLag> {
  const [{ rows }, pending] = await Promise.all([
    pool.query(SELECT_LAG),
    connection?.connected === true ? countPendingEvents(connection).catch(() => null) : null,
  ]);
  const [{ position, recorded_at, rejected }] = lagSchema.parse(rows);
  return { pending_events: pending, last_recorded_at: recorded_at, position, rejected_messages: rejected };
}
