import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_CONSUMER, EVENTS_STREAM, TRACEPARENT_HEADER } from "@flowstate/contracts";
import type { Logger } from "@flowstate/runtime";
import type { JsMsg } from "nats";
import type { EventsConnection } from "../connection.ts";

/** Pause after a failed batch; the events wait in the stream. */
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 5_000;

export interface StreamMessage {
  readonly data: Uint8Array;
  readonly traceparent: string | undefined;
  /** The stream's sequence number: total order, survives redelivery. */
  readonly sequence: number;
}

export interface EventConsumption {
  readonly batchSize: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Makes the batch durable; rejecting hands it out again. Must be idempotent. */
  store(batch: readonly StreamMessage[]): Promise<void>;
}

/**
 * Takes events from the durable consumer in batches of whatever has arrived, and acknowledges each message only after
 * `store` has made its batch durable. Runs until `signal` aborts; a broker or a store that is away is waited for.
 */
export async function consumeEvents(connection: EventsConnection, consumption: EventConsumption): Promise<void> {
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

async function consumeUntilClosed(
  connection: EventsConnection,
  { signal, batchSize, store, logger }: EventConsumption,
  backoff: Backoff,
): Promise<void> {
  const arrived: JsMsg[] = [];
  let wake = Promise.withResolvers<void>();
  let open = true;
  const consumer = await connection.nats.jetstream({ checkAPI: false }).consumers.get(EVENTS_STREAM, AUDIT_CONSUMER);
  const messages = await consumer.consume({
    max_messages: batchSize,
    callback: (message) => {
      arrived.push(message);
      wake.resolve();
    },
  });
  const end = () => {
    open = false;
    wake.resolve();
  };
  signal.addEventListener("abort", end, { once: true });
  void messages.closed().then(end, end);
  try {
    while (open && !signal.aborted) {
      await wake.promise;
      wake = Promise.withResolvers<void>();
      // What is there is stored now: waiting for a full batch would only add delay.
      while (arrived.length > 0 && !signal.aborted) {
        const batch = arrived.splice(0, batchSize);
        try {
          await store(batch.map(toStreamMessage));
          for (const message of batch) message.ack();
          backoff.reset();
        } catch (error) {
          logger.warn("events.batch_postponed", { events: batch.length }, error);
          for (const message of batch) message.nak(backoff.nextMs);
          await backoff.pause();
        }
      }
    }
  } finally {
    signal.removeEventListener("abort", end);
    // What arrived and was not stored is handed out again at once, to this instance or another.
    for (const message of arrived) message.nak();
    await messages.close();
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

function toStreamMessage(message: JsMsg): StreamMessage {
  const traceparent = message.headers?.get(TRACEPARENT_HEADER);
  return {
    data: message.data,
    traceparent: traceparent === "" ? undefined : traceparent,
    sequence: message.seq,
  };
}
