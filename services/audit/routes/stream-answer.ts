import { Readable } from "node:stream";
import type { Logger } from "@flowstate/runtime";
import type { FastifyReply } from "fastify";

/** A client that reads nothing for this long is taken for gone. */
const STUCK_MS = 60_000;
/** How long a server that closes waits for a client to take what is on its way. */
const CLOSING_MS = 1_000;

export interface StreamSettings {
  readonly type: string;
  /** Given back when the answer is over, however it ends. */
  readonly place: Disposable;
  /**
   * Whether a client that closes its sending half is gone. One that waits for an end may close it and still read; of an
   * answer without an end, nothing else would tell that nobody reads it until something is written.
   */
  readonly endless: boolean;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  readonly logger: Logger;
  readonly stuckMs?: number;
}

/**
 * Sends what `parts` yields, as fast as the client reads: the next part is asked for when the last one is on its way, so that
 * a slow reader costs one part. The signal that `parts` gets aborts when the client is gone or the server closes; whoever
 * fails under way cuts the connection, so that half an answer never looks like a whole one.
 */
export function streamAnswer(
  reply: FastifyReply,
  { type, place, endless, closing, logger, stuckMs = STUCK_MS }: StreamSettings,
  parts: (over: AbortSignal) => AsyncIterable<string>,
): FastifyReply {
  const response = reply.raw;
  const over = new AbortController();
  const end = () => over.abort();
  let overdue: NodeJS.Timeout | undefined;
  const close = () => {
    end();
    overdue = setTimeout(() => response.destroy(), CLOSING_MS);
  };
  closing.addEventListener("abort", close);
  const leave = () => {
    end();
    clearTimeout(overdue);
    closing.removeEventListener("abort", close);
    place[Symbol.dispose]();
  };
  if (response.destroyed || closing.aborted) leave();
  else response.once("close", leave);
  if (endless) reply.request.raw.socket.once("end", end);

  async function* paced(): AsyncGenerator<string> {
    try {
      for await (const part of parts(over.signal)) {
        const stuck = setTimeout(() => response.destroy(), stuckMs);
        try {
          yield part;
        } finally {
          clearTimeout(stuck);
        }
      }
    } catch (error) {
      logger.warn("answer.cut", { route: reply.request.routeOptions.url ?? "none" }, error);
      throw error;
    }
  }
  // A server that closes waits for its connections, and this one is not idle when it looks.
  reply.header("connection", "close").type(type);
  return reply.send(Readable.from(paced(), { highWaterMark: 1 }));
}
