import { EVENTS_STREAM, eventSchema } from "@flowstate/contracts";
import { consumeEvents, type EventsConnection, type StreamMessage } from "@flowstate/messaging";
import { type Logger, SpanKind, withSpan } from "@flowstate/runtime";
import type { Pool } from "pg";
import { classifyDatabaseError } from "./database/database-error.ts";
import { type EventRow, rowOfEvent } from "./event-row.ts";
import { type RejectedMessage, storeEvents } from "./store-events.ts";

/** Messages per transaction. */
const BATCH_SIZE = 256;
/** What OpenTelemetry's SDK keeps of a span's links by default; more would be cut there. */
const MAX_LINKS = 128;

export interface Recording {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/** Pulls events into the database until `signal` aborts; then finishes the batch it has begun. */
export function recordEvents(connection: EventsConnection, recording: Recording, signal: AbortSignal): Promise<void> {
  return consumeEvents(connection, {
    batchSize: BATCH_SIZE,
    signal,
    logger: recording.logger,
    store: (batch) => recordBatch(recording, batch),
  });
}

/**
 * Makes one batch durable: its events, and of messages that are none their place in the stream. Rejects when the database
 * is away; the stream then hands the batch out again.
 */
export async function recordBatch(recording: Recording, batch: readonly StreamMessage[]): Promise<void> {
  const traceparents = new Set(batch.flatMap(({ traceparent }) => traceparent ?? []));
  await withSpan(
    "process events",
    {
      kind: SpanKind.CONSUMER,
      links: [...traceparents].slice(0, MAX_LINKS),
      attributes: {
        "messaging.system.name": "nats",
        "messaging.destination.name": EVENTS_STREAM,
        "messaging.operation.type": "process",
        "messaging.batch.message_count": batch.length,
      },
    },
    async () => {
      const { events, rejected } = readBatch(batch);
      await storeWhatCanBe(recording, events, rejected);
    },
  );
}

/** Tells the events of a batch from the messages that are none. */
export function readBatch(batch: readonly StreamMessage[]): { events: EventRow[]; rejected: RejectedMessage[] } {
  const events: EventRow[] = [];
  const rejected: RejectedMessage[] = [];
  for (const message of batch) {
    const event = eventSchema.safeParse(parseJson(message.data));
    if (event.success) events.push(rowOfEvent(event.data, message.sequence));
    else rejected.push({ sequence: message.sequence, code: "not_an_event" });
  }
  return { events, rejected };
}

/** Undefined is no event either, so what is not JSON needs no case of its own. */
function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return undefined;
  }
}

/**
 * One event that PostgreSQL cannot represent must not keep the others waiting for ever. A batch that is refused is
 * halved until the event stands alone, and that one is set aside.
 */
async function storeWhatCanBe(
  recording: Recording,
  events: readonly EventRow[],
  rejected: readonly RejectedMessage[],
): Promise<void> {
  const { pool, logger, now = () => new Date() } = recording;
  try {
    const stored = await storeEvents(pool, events, rejected, now());
    if (stored > 0) logger.debug("events.stored", { events: stored });
    for (const { code } of rejected) logger.error("events.rejected", { code });
  } catch (error) {
    if (classifyDatabaseError(error) !== "refused" || events.length === 0) throw error;
    const [only] = events;
    if (events.length === 1 && only !== undefined) {
      const refused: RejectedMessage = { sequence: only.stream_sequence, code: "refused_by_database" };
      await storeWhatCanBe(recording, [], [...rejected, refused]);
      return;
    }
    const half = Math.ceil(events.length / 2);
    await storeWhatCanBe(recording, events.slice(0, half), rejected);
    await storeWhatCanBe(recording, events.slice(half), []);
  }
}
