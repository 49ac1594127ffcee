import type { IncomingMessage } from "node:http";
import { contentLeft, giveBack } from "@flowstate/ghost";
import { HttpError, TransferRate } from "@flowstate/runtime";
import { MailRefusedError } from "../mail-refused.ts";
import type { Admission } from "./admission.ts";

/** How often a body that arrives slowly, or not at all, is looked at. */
const RATE_CHECK_INTERVAL_MS = 1_000;

export interface BodyOptions {
  readonly admission: Admission;
  /** Of the body as a whole. */
  readonly maxBytes: number;
  readonly minBytesPerSecond: number;
  /** Aborted when this process stops and its grace is over. */
  readonly stopping: AbortSignal;
}

/** The sender closed the connection before the body was complete. There is nobody to answer. */
export class ClientAbortedError extends Error {
  constructor() {
    super("client aborted");
    this.name = "ClientAbortedError";
  }
}

/**
 * Hands a request's body over, buffer by buffer, and gives each back, zeroed, after `take` has seen it. Resolves with the number
 * of bytes. Rejects with what `take` throws; with `MailRefusedError("mail_too_large")`; with
 * `HttpError("temporarily_unavailable")` when it arrives too slowly, does not fit into memory, or the process stops; and
 * with `ClientAbortedError`. What is left unread then is the HTTP server's to drain.
 */
export async function readBody(
  request: IncomingMessage,
  { admission, maxBytes, minBytesPerSecond, stopping }: BodyOptions,
  take: (chunk: Buffer) => void,
): Promise<number> {
  if (Number(request.headers["content-length"]) > maxBytes) throw new MailRefusedError("mail_too_large");
  const rate = new TransferRate({ minBytesPerSecond });
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  let sizeBytes = 0;
  // Each buffer is taken as it arrives: a stream that is read at leisure joins buffers, and nobody zeroes the originals.
  const takeChunk = (chunk: Buffer) => {
    try {
      rate.received(chunk.byteLength);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBytes) throw new MailRefusedError("mail_too_large");
      admission.admit(sizeBytes);
      take(chunk);
    } catch (error) {
      reject(error);
      request.off("data", takeChunk).pause();
    } finally {
      giveBack(chunk);
      contentLeft();
    }
  };
  // Neither a process that stops nor one that is short of connections can wait for a slow sender: nothing of the mail has
  // begun, so it is answered 503 and comes again.
  const giveUp = () => reject(new HttpError("temporarily_unavailable"));
  const abort = () => reject(new ClientAbortedError());
  const check = setInterval(() => rate.isTooSlow() && giveUp(), RATE_CHECK_INTERVAL_MS);
  stopping.addEventListener("abort", giveUp, { once: true });
  if (stopping.aborted) giveUp();
  if (request.destroyed) abort();
  request.on("data", takeChunk).on("end", resolve).on("error", abort).on("close", abort);
  try {
    await over;
    return sizeBytes;
  } finally {
    clearInterval(check);
    stopping.removeEventListener("abort", giveUp);
    request.off("data", takeChunk).off("end", resolve).off("close", abort);
    request.pause();
  }
}
