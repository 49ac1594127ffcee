import { NatsError } from "nats";

/** The server's code for "that key was written meanwhile" (JSStreamWrongLastSequenceErrF). */
const WRONG_LAST_SEQUENCE = 10071;

/** Whether a write came to nothing because somebody else had written before. */
export function isWrongSequence(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE;
}
