import { AUDIT_CONSUMER, EVENTS_STREAM, TRACEPARENT_HEADER } from "@flowstate/contracts";
import type { Logger } from "@flowstate/runtime";
import type { Consumer, JsMsg } from "nats";
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
  /** How long a pull waits for the first message of a batch. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Makes the batch durable; rejecting hands it out again. Must be idempotent. */
  store(batch: readonly StreamMessage[]): Promise<void>;
}

/**
 * Pulls batches from the durable consumer and acknowledges each message only after `store` has made its batch durable.
 * Runs until `signal` aborts; a broker or a store that is away is waited for.
 */
export async function consumeEvents(connection: EventsConnection, consumption: EventConsumption): Promise<void> {
  const { signal, logger } = consumption;
  let backoffMs = BACKOFF_MIN_MS;
  let consumer: Consumer | undefined;
  while (!signal.aborted) {
    let batch: JsMsg[] = [];
    try {
      consumer ??= await connection.nats.jetstream({ checkAPI: false }).consumers.get(EVENTS_STREAM, AUDIT_CONSUMER);
      batch = await pullBatch(consumer, consumption);
      if (batch.length > 0) await consumption.store(batch.map(toStreamMessage));
      for (const message of batch) message.ack();
      backoffMs = BACKOFF_MIN_MS;
    } catch (error) {
      for (const message of batch) message.nak(backoffMs);
      consumer = undefined;
      logger.warn("events.batch_postponed", { events: batch.length, duration_ms: backoffMs }, error);
      await sleep(backoffMs, signal);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
    }
  }
}

async function pullBatch(consumer: Consumer, { batchSize, maxWaitMs, signal }: EventConsumption): Promise<JsMsg[]> {
  const messages = await consumer.fetch({ max_messages: batchSize, expires: maxWaitMs });
  const stop = () => messages.stop();
  signal.addEventListener("abort", stop, { once: true });
  const batch: JsMsg[] = [];
  try {
    for await (const message of messages) {
      batch.push(message);
      // What is there is stored now; waiting for a full batch would only add delay.
      if (message.info.pending === 0) messages.stop();
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return batch;
}

function toStreamMessage(message: JsMsg): StreamMessage {
  const traceparent = message.headers?.get(TRACEPARENT_HEADER);
  return {
    data: message.data,
    traceparent: traceparent === "" ? undefined : traceparent,
    sequence: message.seq,
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener("abort", wake, { once: true });
  });
}
