import { consumeEvents, type EventsConnection } from "@flowstate/messaging";
import { readMessage } from "./read-message.ts";
import { prepareMessages, type Recording, recordBatch } from "./record-batch.ts";

/** Messages per transaction: enough that what a transaction costs by itself does not count. */
const BATCH_SIZE = 2_000;
/**
 * A mail's six events come in two handfuls, some milliseconds apart each, and a transaction for each event would cost more
 * than everything else that audit does with it. A fifth of what a live reader waits for anyway (`live/recording-pulse.ts`).
 */
const GATHER_MS = 100;

/** Pulls events into the database until `signal` aborts; then finishes the batches it has begun. */
export function recordEvents(connection: EventsConnection, recording: Recording, signal: AbortSignal): Promise<void> {
  return consumeEvents(connection, {
    batchSize: BATCH_SIZE,
    gatherMs: GATHER_MS,
    signal,
    logger: recording.logger,
    read: readMessage,
    prepare: prepareMessages,
    store: (batch) => recordBatch(recording, batch),
  });
}
