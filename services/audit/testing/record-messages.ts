import type { StreamMessage } from "@flowstate/messaging";
import { readMessage } from "../recording/read-message.ts";
import { prepareMessages, type Recording, recordBatch } from "../recording/record-batch.ts";

/** Records messages as if they had come from the stream together. */
export function recordMessages(recording: Recording, messages: readonly StreamMessage[]): Promise<void> {
  return recordBatch(recording, prepareMessages(messages.map(readMessage)));
}
