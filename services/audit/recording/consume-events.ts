import { consumeEvents, type EventsConnection } from "@flowstate/messaging";
import { readMessage } from "./read-message.ts";
import { prepareMessages, type Recording, recordBatch } from "./record-batch.ts";

/** Messages per transaction: enough that what a transaction costs by itself does not count. */
const BATCH_SIZE = 2_000;

/** Pulls events into the database until `signal` aborts; then finishes the batches it has begun. */
export function recordEvents(connection: EventsConnection, recording: Recording, signal: AbortSignal): Promise<void> {
  return consumeEvents(connection, {
    batchSize: BATCH_SIZE,
    signal,
    logger: recording.logger,
    read: readMessage,
    prepare: prepareMessages,
    store: (batch) => recordBatch(recording, batch),
  });
}
