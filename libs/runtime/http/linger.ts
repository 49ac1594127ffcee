import type { IncomingMessage } from "node:http";
import { finished, Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";

const MIB = 1024 * 1024;
/** The largest mail by default, and as much again. */
const LINGER_MAX_BYTES = 128 * MIB;
/** A large mail over a slow line; and how long a sender that never stops can keep a connection. */
const LINGER_MAX_MS = 60_000;
/** A sender that waits for something has its answer: nothing more will come. */
const LINGER_IDLE_MS = 5_000;
/** A process that stops has its own end in sight, and its orchestrator's patience. */
const LINGER_CLOSING_MS = 5_000;

/** How far what nobody wants any more is read. Whatever exceeds a bound loses its connection. */
export interface LingerBounds {
  readonly maxBytes: number;
  readonly maxMs: number;
  /** Longest silence. */
  readonly idleMs: number;
  /** As `maxMs`, once the server closes. */
  readonly closingMs: number;
}

const BOUNDS: LingerBounds = {
  maxBytes: LINGER_MAX_BYTES,
  maxMs: LINGER_MAX_MS,
  idleMs: LINGER_IDLE_MS,
  closingMs: LINGER_CLOSING_MS,
};

/**
 * Reads on after an answer was given early. A client may read only after it has sent everything; if the server closed
 * before, what still arrives would be answered by a reset, and the reset takes an answer along that the client has not
 * read yet (RFC 9112 §9.6). SendGrid would not learn that a mail was refused. Everything read is zeroed and dropped.
 */
export class Linger {
  readonly #bounds: LingerBounds;
  readonly #underWay = new Map<Readable, () => void>();
  #closing = false;

  constructor(bounds: Partial<LingerBounds> = {}) {
    this.#bounds = { ...BOUNDS, ...bounds };
  }

  /** Whether this source is being read to its end. */
  isReading(source: Readable): boolean {
    return this.#underWay.has(source);
  }

  /** Reads `source`, whoever else was reading it, to its end. Resolves then, or when it is destroyed at a bound. */
  async readOut(source: Readable): Promise<void> {
    const { maxBytes, maxMs, idleMs, closingMs } = this.#bounds;
    const cut = () => void source.destroy();
    const overdue = setTimeout(cut, this.#closing ? Math.min(maxMs, closingMs) : maxMs);
    const idle = setTimeout(cut, idleMs);
    this.#underWay.set(source, cut);

    let bytes = 0;
    source.unpipe().removeAllListeners("readable").removeAllListeners("data");
    source.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
      chunk.fill(0);
      idle.refresh();
      if (bytes > maxBytes) cut();
    });
    source.resume();

    await new Promise<void>((resolve) => void finished(source, { writable: false }, () => resolve()));
    clearTimeout(overdue);
    clearTimeout(idle);
    this.#underWay.delete(source);
  }

  /** From now on nothing is lingered for longer than a stopping process can wait. */
  hasten(): void {
    this.#closing = true;
    for (const [source, cut] of this.#underWay) {
      setTimeout(() => this.isReading(source) && cut(), this.#bounds.closingMs).unref();
    }
  }

  /**
   * Fastify's `onSend`: when the request's body has not been read to its end, the answer is written whole at once, and the
   * response ends when the body does. Only then may Node go on to the connection's next request, or close it.
   */
  readonly onSend = async ({ raw }: FastifyRequest, reply: FastifyReply, answer: unknown): Promise<unknown> => {
    if (!hasUnreadBody(raw)) return answer;
    if (raw.method === "HEAD" || !(typeof answer === "string" || Buffer.isBuffer(answer))) {
      // Without bytes to write there is nothing to hold open; closing keeps Node from reading on without a bound.
      reply.header("connection", "close");
      return answer;
    }
    reply.header("content-length", Buffer.byteLength(answer));
    return Readable.from(this.#answerThenReadOut(answer, raw));
  };

  async *#answerThenReadOut(answer: string | Buffer, body: Readable): AsyncGenerator<string | Buffer> {
    yield answer;
    await this.readOut(body);
  }
}

/** RFC 9112 §6.3: a request has a body when one of two headers says so. */
function hasUnreadBody({ headers, readableEnded, destroyed }: IncomingMessage): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return hasBody && !readableEnded && !destroyed;
}
