import type { IncomingMessage } from "node:http";
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
 * Hands a request's body over, buffer by buffer, and zeroes each buffer after `take` has seen it. Resolves with the number
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
  let sizeBytes = 0;
  for await (const chunk of untilGivenUp(request, rate, stopping)) {
    try {
      rate.received(chunk.byteLength);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBytes) throw new MailRefusedError("mail_too_large");
      admission.admit(sizeBytes);
      take(chunk);
    } finally {
      chunk.fill(0);
    }
  }
  return sizeBytes;
}

/**
 * The body's buffers as they arrive. Neither a process that stops nor one that is short of connections can wait for a slow
 * sender: nothing of the mail has begun, so it is answered 503 and comes again. Leaves the request open for the answer.
 */
async function* untilGivenUp(
  request: IncomingMessage,
  rate: TransferRate,
  stopping: AbortSignal,
): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  const givenUp = Promise.withResolvers<never>();
  givenUp.promise.catch(() => {});
  const giveUp = () => givenUp.reject(new HttpError("temporarily_unavailable"));
  const check = setInterval(() => rate.isTooSlow() && giveUp(), RATE_CHECK_INTERVAL_MS);
  stopping.addEventListener("abort", giveUp, { once: true });
  try {
    if (stopping.aborted) giveUp();
    for (;;) {
      const next = await Promise.race([chunks.next(), givenUp.promise]).catch((error: unknown) => {
        throw request.destroyed && !(error instanceof HttpError) ? new ClientAbortedError() : error;
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearInterval(check);
    stopping.removeEventListener("abort", giveUp);
  }
}
