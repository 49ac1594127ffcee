import { EVENTS_STREAM } from "@flowstate/contracts";
import { isTracing, type Logger, measureMs, SpanKind, withSpan } from "@flowstate/runtime";
import type { HashedEvent } from "../chain/committed-event.ts";
import { type Batch, prepareBatch } from "./batch.ts";
import type { ReadMessage } from "./read-message.ts";
import { EventsRefusedError, type RejectedMessage, type Storing, storeEvents } from "./store-events.ts";

/** What OpenTelemetry's SDK keeps of a span's links by default; more would be cut there. */
const MAX_LINKS = 128;

export interface Recording extends Storing {
  readonly logger: Logger;
  readonly now?: () => Date;
}

/** A batch of messages, told apart and made ready to be stored. */
export interface PreparedMessages {
  /** How many there are of both kinds. */
  readonly count: number;
  readonly batch: Batch;
  readonly rejected: readonly RejectedMessage[];
  /** One of each trace that the events belong to. */
  readonly traceparents: readonly string[];
}

export function prepareMessages(messages: readonly ReadMessage[]): PreparedMessages {
  const events: HashedEvent[] = [];
  const rejected: RejectedMessage[] = [];
  const traceparents = new Map<string, string>();
  for (const message of messages) {
    if ("rejected" in message) {
      rejected.push(message.rejected);
      continue;
    }
    events.push(message.event);
    const { traceparent } = message;
    if (traceparent === undefined) continue;
    const traceId = traceIdOf(traceparent);
    if (!traceparents.has(traceId)) traceparents.set(traceId, traceparent);
  }
  return { count: messages.length, batch: prepareBatch(events), rejected, traceparents: [...traceparents.values()] };
}

/**
 * Makes one batch durable: its events, and of messages that are none their place in the stream. Rejects when the database
 * is away; the stream then hands the batch out again.
 */
export async function recordBatch(
  recording: Recording,
  { count, batch, rejected, traceparents }: PreparedMessages,
): Promise<void> {
  await withSpan(
    "process events",
    {
      kind: SpanKind.CONSUMER,
      links: traceparents.slice(0, MAX_LINKS),
      attributes: {
        "messaging.system.name": "nats",
        "messaging.destination.name": EVENTS_STREAM,
        "messaging.operation.type": "process",
        "messaging.batch.message_count": count,
      },
    },
    () => storeWhatCanBe(recording, batch, rejected),
  );
  await markInTraces(traceparents);
  const recordedAt = (recording.now?.() ?? new Date()).getTime();
  // Two clocks: an event of this moment may seem to be of the next.
  for (const { row } of batch.events)
    measureMs("flowstate.events.lag", Math.max(0, recordedAt - Date.parse(row.time)), {});
}

/** Each mail's own trace shows when its events were recorded: a batch belongs to many, and only links to them. */
async function markInTraces(traceparents: readonly string[]): Promise<void> {
  if (!isTracing()) return;
  const attributes = {
    "messaging.system.name": "nats",
    "messaging.destination.name": EVENTS_STREAM,
    "messaging.operation.type": "process",
  } as const;
  for (const parent of traceparents) {
    await withSpan("record events", { kind: SpanKind.CONSUMER, parent, attributes }, async () => undefined);
  }
}

/** The second of the four parts of a `traceparent`. */
function traceIdOf(traceparent: string): string {
  return traceparent.split("-", 2)[1] ?? traceparent;
}

/**
 * One event that PostgreSQL cannot represent must not keep the others waiting for ever. A batch that is refused is
 * halved until the event stands alone, and that one is set aside. Whatever else is refused, such as the row of a document
 * that somebody has been at, says nothing of the events: they stay in the stream.
 */
async function storeWhatCanBe(recording: Recording, batch: Batch, rejected: readonly RejectedMessage[]): Promise<void> {
  const { logger, now = () => new Date() } = recording;
  try {
    const stored = await storeEvents(recording, batch, rejected, now());
    if (stored > 0) logger.debug("events.stored", { events: stored });
    for (const { code } of rejected) logger.error("events.rejected", { code });
  } catch (error) {
    const { events } = batch;
    if (!(error instanceof EventsRefusedError)) throw error;
    const [only] = events;
    if (events.length === 1 && only !== undefined) {
      const refused: RejectedMessage = { sequence: only.row.stream_sequence, code: "refused_by_database" };
      await storeWhatCanBe(recording, prepareBatch([]), [...rejected, refused]);
      return;
    }
    const half = Math.ceil(events.length / 2);
    await storeWhatCanBe(recording, prepareBatch(events.slice(0, half)), rejected);
    await storeWhatCanBe(recording, prepareBatch(events.slice(half)), []);
  }
}
