import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_CONSUMER, EVENTS_STREAM } from "@flowstate/contracts";
import type { Logger } from "@flowstate/runtime";
import type { JsMsg } from "nats";
import type { EventsConnection } from "../connection.ts";
import { Arrivals, type Preparation, type PreparedBatch } from "./arrivals.ts";

/** Pause after a failed batch; the events wait in the stream. */
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 5_000;

/** How long one request for messages stands, delivering what comes; the next one follows at once. */
const PULL_MS = 30_000;
/** Batches that are stored at the same time: the second takes the store's turn the moment the first one leaves it. */
const BATCHES_AT_ONCE = 2;

export interface EventConsumption<Read, Batch> extends Preparation<Read, Batch> {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** How long events wait for others that are stored with them, unless there are enough for a full batch before. Milliseconds. */
  readonly gatherMs: number;
  /** Makes the batch durable; rejecting hands it out again. Must be idempotent. */
  store(batch: Batch): Promise<void>;
}

/**
 * Takes events from the durable consumer in batches of whatever has arrived within a moment of the first, and acknowledges
 * each message only after `store` has made its batch durable. Runs until `signal` aborts and what it has begun is done; a
 * broker or a store that is away is waited for.
 */
export async function consumeEvents<Read, Batch>(
  connection: EventsConnection,
  consumption: EventConsumption<Read, Batch>,
): Promise<void> {
  const { signal, logger } = consumption;
  const backoff = new Backoff(signal);
  while (!signal.aborted) {
    try {
      await consumeUntilClosed(connection, consumption, backoff);
    } catch (error) {
      logger.warn("events.stream_away", {}, error);
      await backoff.pause();
    }
  }
}

async function consumeUntilClosed<Read, Batch>(
  connection: EventsConnection,
  consumption: EventConsumption<Read, Batch>,
  backoff: Backoff,
): Promise<void> {
  const { signal, batchSize, gatherMs } = consumption;
  const arrivals = new Arrivals<JsMsg, Read, Batch>(consumption);
  const storing = new Set<Promise<void>>();
  let gathering: NodeJS.Timeout | undefined;
  const storeArrived = () => {
    while (storing.size < BATCHES_AT_ONCE && !signal.aborted && (arrivals.hasFull || gathering === undefined)) {
      const next = arrivals.take();
      if (next === undefined) return;
      const stored = storeBatch(next, consumption, backoff).finally(() => {
        storing.delete(stored);
        storeArrived();
      });
      storing.add(stored);
    }
  };
  const gather = () => {
    clearTimeout(gathering);
    gathering = setTimeout(() => {
      gathering = undefined;
      storeArrived();
    }, gatherMs);
  };
  const consumer = await connection.nats.jetstream({ checkAPI: false }).consumers.get(EVENTS_STREAM, AUDIT_CONSUMER);
  try {
    while (!signal.aborted) {
      const messages = await consumer.fetch({ max_messages: batchSize, expires: PULL_MS });
      const stop = () => void messages.close();
      signal.addEventListener("abort", stop, { once: true });
      for await (const message of messages) {
        // What comes together is stored together: what a transaction costs by itself is more than what an event adds to it.
        if (arrivals.add(message)) gather();
        if (arrivals.hasFull) storeArrived();
      }
      signal.removeEventListener("abort", stop);
      // What there is no room for waits in the stream, for another instance perhaps.
      while (arrivals.hasFull && storing.size > 0) await Promise.race(storing);
    }
  } finally {
    clearTimeout(gathering);
    // What arrived and is not being stored is handed out again at once, to this instance or another.
    for (const message of arrivals.drain()) message.nak();
    await Promise.all(storing);
    // When this resolves the broker knows that nobody waits for messages here any more: one that it sent nevertheless would
    // be handed out again only after the time for its acknowledgement.
    await connection.nats.flush().catch(() => {});
  }
}

/** Stores a batch and acknowledges it; or gives it back, and keeps its place among the batches for a pause. */
async function storeBatch<Read, Batch>(
  { messages, batch }: PreparedBatch<JsMsg, Batch>,
  { store, logger }: EventConsumption<Read, Batch>,
  backoff: Backoff,
): Promise<void> {
  try {
    await store(batch);
    for (const message of messages) message.ack();
    backoff.reset();
  } catch (error) {
    logger.warn("events.batch_postponed", { events: messages.length }, error);
    for (const message of messages) message.nak(backoff.nextMs);
    await backoff.pause();
  }
}

/** Waits longer after each failure in a row, up to a bound, and no longer than the signal allows. */
class Backoff {
  readonly #signal: AbortSignal;
  nextMs = BACKOFF_MIN_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  reset(): void {
    this.nextMs = BACKOFF_MIN_MS;
  }

  async pause(): Promise<void> {
    const pauseMs = this.nextMs;
    this.nextMs = Math.min(this.nextMs * 2, BACKOFF_MAX_MS);
    // An aborted wait is a finished wait.
    await sleep(pauseMs, undefined, { signal: this.#signal }).catch(() => {});
  }
}
