import { EVENTS_STREAM, eventSchema } from "@flowstate/contracts";
import { consumeEvents, type EventsConnection, type StreamMessage } from "@flowstate/messaging";
import { type Logger, SpanKind, withSpan } from "@flowstate/runtime";
import { classifyDatabaseError } from "../database/database-error.ts";
import { type EventRow, rowOfEvent } from "./event-row.ts";
import { type RejectedMessage, type Storing, storeEvents } from "./store-events.ts";

/** Messages per transaction: enough that what a transaction costs by itself does not count. */
const BATCH_SIZE = 2_000;
/** What OpenTelemetry's SDK keeps of a span's links by default; more would be cut there. */
const MAX_LINKS = 128;

export interface Recording extends Storing {
  readonly logger: Logger;
  readonly now?: () => Date;
}

/** What a message turned out to be: an event, or none. */
export type ReadMessage =
  | { readonly row: EventRow; readonly traceparent: string | undefined }
  | { readonly rejected: RejectedMessage };

/** Pulls events into the database until `signal` aborts; then finishes the batches it has begun. */
export function recordEvents(connection: EventsConnection, recording: Recording, signal: AbortSignal): Promise<void> {
  return consumeEvents(connection, {
    batchSize: BATCH_SIZE,
    signal,
    logger: recording.logger,
    read: readMessage,
    store: (batch) => recordRead(recording, batch),
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Tells an event from a message that is none. */
export function readMessage({ data, sequence }: StreamMessage): ReadMessage {
  const event = eventSchema.safeParse(parseJson(data));
  if (!event.success) return { rejected: { sequence, code: "not_an_event" } };
  return { row: rowOfEvent(event.data, sequence), traceparent: event.data.traceparent };
}

/** Undefined is no event either, so what is not JSON needs no case of its own. */
function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(data));
  } catch {
    return undefined;
  }
}

/** Makes messages durable, as `recordRead` does. */
export function recordBatch(recording: Recording, batch: readonly StreamMessage[]): Promise<void> {
  return recordRead(recording, batch.map(readMessage));
}

/**
 * Makes one batch durable: its events, and of messages that are none their place in the stream. Rejects when the database
 * is away; the stream then hands the batch out again.
 */
async function recordRead(recording: Recording, batch: readonly ReadMessage[]): Promise<void> {
  const events: EventRow[] = [];
  const rejected: RejectedMessage[] = [];
  const traceparents = new Set<string>();
  for (const message of batch) {
    if ("rejected" in message) {
      rejected.push(message.rejected);
      continue;
    }
    events.push(message.row);
    if (message.traceparent !== undefined && traceparents.size < MAX_LINKS) traceparents.add(message.traceparent);
  }
  await withSpan(
    "process events",
    {
      kind: SpanKind.CONSUMER,
      links: [...traceparents],
      attributes: {
        "messaging.system.name": "nats",
        "messaging.destination.name": EVENTS_STREAM,
        "messaging.operation.type": "process",
        "messaging.batch.message_count": batch.length,
      },
    },
    () => storeWhatCanBe(recording, events, rejected),
  );
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
  const { logger, now = () => new Date() } = recording;
  try {
    const stored = await storeEvents(recording, events, rejected, now());
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
