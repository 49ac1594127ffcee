import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleepFor } from "node:timers/promises";
import { type BuiltMail, buildMail, type Mail } from "./sendgrid-mail.ts";

export { type BuiltMail, buildMail, type Mail } from "./sendgrid-mail.ts";

/** SendGrid as the sender of mails: one post of one mail (`sendMail`), and its queue with its retry rules (`SendGrid`). */

const SENDGRID_WEBHOOK_PATH = "/webhooks/sendgrid";
const USER_AGENT = "Sendlib/1.0 server.sendgrid.com";
/** How a slow or interrupted upload is cut, unless it says otherwise. */
const PIECE_BYTES = 64 * 1024;

/** How the body travels; plain posts leave all of it out. */
interface Upload {
  /** Transfer-Encoding: chunked instead of a Content-Length. */
  readonly chunked?: boolean;
  /** Cuts the connection once this many bytes were handed to it. */
  readonly abortAfterBytes?: number;
  readonly pieceBytes?: number;
  /** Waited for before each piece: makes an upload slow, or lets a test hold it. */
  readonly beforePiece?: (offset: number) => Promise<unknown>;
}

interface SendGridTarget {
  /** Ingest's base url. */
  readonly url: string;
  /** Presented as X-API-Key. */
  readonly apiKey?: string;
  /** Certificates of the authorities trusted beside the public ones, PEM: SendGrid itself trusts only those. */
  readonly trusted?: string;
}

interface PostOptions extends SendGridTarget {
  readonly upload?: Upload;
  readonly signal?: AbortSignal;
}

export interface SendMailOptions extends Mail, PostOptions {}

/** An answer to one post. `body` is parsed if it is JSON, text otherwise. */
export interface MailAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** There was no answer: `aborted` by the upload's own script, `dns`, or the `connection` failed. */
export class NoAnswerError extends Error {
  readonly reason: "aborted" | "dns" | "connection";

  constructor(reason: NoAnswerError["reason"], cause?: unknown) {
    super(`SendGrid got no answer: ${reason}`, { cause });
    this.name = "NoAnswerError";
    this.reason = reason;
  }
}

/** Builds a mail and posts it once, to `/webhooks/sendgrid`. Rejects with `NoAnswerError`. */
export function sendMail(options: SendMailOptions): Promise<MailAnswer> {
  return postMail(buildMail(options), options);
}

/** Posts a mail that is already built. Rejects with `NoAnswerError`. */
async function postMail({ contentType, body }: BuiltMail, options: PostOptions): Promise<MailAnswer> {
  const { upload = {}, apiKey, trusted, signal } = options;
  const url = new URL(SENDGRID_WEBHOOK_PATH, options.url);
  const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
    method: "POST",
    agent: false,
    headers: {
      "user-agent": USER_AGENT,
      "content-type": contentType,
      ...(upload.chunked !== true && { "content-length": body.byteLength }),
      ...(apiKey !== undefined && { "x-api-key": apiKey }),
    },
    ...(trusted !== undefined && { ca: trusted }),
    ...(signal !== undefined && { signal }),
  });
  const answer = answerTo(request);
  // An answer may come before the whole body is sent, and the connection may end with it: the answer counts.
  const uploading = writeBody(request, body, upload);
  return await Promise.race([answer, uploading.then(() => answer)]);
}

function answerTo(request: ClientRequest): Promise<MailAnswer> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      const dns = cause.code === "ENOTFOUND" || cause.code === "EAI_AGAIN";
      reject(cause instanceof NoAnswerError ? cause : new NoAnswerError(dns ? "dns" : "connection", cause));
    };
    request.on("error", failed);
    request.on("response", (response: IncomingMessage) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(body) }),
        failed,
      );
    });
  });
}

async function writeBody(request: ClientRequest, body: Uint8Array, upload: Upload): Promise<void> {
  const { abortAfterBytes = Number.POSITIVE_INFINITY, pieceBytes = PIECE_BYTES, beforePiece } = upload;
  const end = Math.min(abortAfterBytes, body.byteLength);
  for (let offset = 0; offset < end && !request.destroyed; offset += pieceBytes) {
    await beforePiece?.(offset);
    const free = request.write(body.subarray(offset, Math.min(offset + pieceBytes, end)));
    if (!free && !request.destroyed) await drainedOrClosed(request);
  }
  if (abortAfterBytes < body.byteLength) request.destroy(new NoAnswerError("aborted"));
  else request.end();
}

/** A closed request never drains; what closed it is the answer's to tell. */
async function drainedOrClosed(request: ClientRequest): Promise<void> {
  const waited = new AbortController();
  const either = ["drain", "close"].map((event) => once(request, event, { signal: waited.signal }));
  await Promise.race(either).catch(() => {});
  waited.abort();
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

const MINUTE_MS = 60_000;
const RETRY_HOURS = 72;
const FIRST_RETRIES_MINUTES = [5, 10, 15, 20, 25, 35, 50, 80, 140] as const;
const LATER_RETRIES_MINUTES = 180;

/** When SendGrid posts a mail, counted from the first attempt: 33 attempts within 72 hours. Milliseconds. */
export const ATTEMPT_OFFSETS_MS: readonly number[] = attemptOffsets();

function attemptOffsets(): number[] {
  const minutes = [0, ...FIRST_RETRIES_MINUTES];
  for (let last = minutes.at(-1) ?? 0; last + LATER_RETRIES_MINUTES <= RETRY_HOURS * 60; last = minutes.at(-1) ?? 0) {
    minutes.push(last + LATER_RETRIES_MINUTES);
  }
  return minutes.map((minute) => minute * MINUTE_MS);
}

/** How a mail ended in SendGrid's queue. */
export interface MailFate {
  /**
   * `accepted`: 2xx. `dropped`: 3xx, 4xx or DNS, at once and silently. `expired`: 72 hours of 5xx and lost connections.
   * `stopped`: this sender was disposed with the mail still in its queue.
   */
  readonly fate: "accepted" | "dropped" | "expired" | "stopped";
  readonly attempts: number;
  /** Of the last answer; undefined when the last attempt got none. */
  readonly status: number | undefined;
  readonly body: unknown;
  /** The status of each attempt. */
  readonly statuses: readonly (number | undefined)[];
}

export interface SendGridOptions extends SendGridTarget {
  /** How many times faster than real time the queue's waiting passes. Default 1. */
  readonly timeScale?: number;
  /** How long it waits for an answer until it closes the connection, milliseconds of this clock. Default: for ever. */
  readonly attemptLimitMs?: number;
  /** Waits in place of the clock: gets SendGrid's real waiting time in milliseconds. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** SendGrid's queue: keeps each mail and posts the same bytes again by its retry rules until it is done. */
export class SendGrid implements AsyncDisposable {
  /** Fates in the order in which the mails ended. */
  readonly history: MailFate[] = [];
  readonly #options: SendGridOptions;
  readonly #queue = new Set<Promise<MailFate>>();
  readonly #stopping = new AbortController();

  constructor(options: SendGridOptions) {
    this.#options = options;
  }

  /** Takes a mail; resolves when it left the queue. */
  send(mail: Mail): Promise<MailFate> {
    const fate = this.#carry(buildMail(mail)).then((ended) => {
      this.history.push(ended);
      return ended;
    });
    this.#queue.add(fate);
    return fate.finally(() => this.#queue.delete(fate));
  }

  /** Stops trying; mails still queued end as `stopped`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#queue);
  }

  async #carry(mail: BuiltMail): Promise<MailFate> {
    const statuses: (number | undefined)[] = [];
    let last: MailAnswer | undefined;
    const ended = (fate: MailFate["fate"]): MailFate => ({
      fate,
      attempts: statuses.length,
      status: last?.status,
      body: last?.body,
      statuses,
    });
    for (const [index, offset] of ATTEMPT_OFFSETS_MS.entries()) {
      if (!(await this.#wait(offset - (ATTEMPT_OFFSETS_MS[index - 1] ?? 0)))) return ended("stopped");
      const result = await this.#attempt(mail);
      last = result instanceof NoAnswerError ? undefined : result;
      statuses.push(last?.status);
      if (this.#stopping.signal.aborted && last === undefined) return ended("stopped");
      const verdict = verdictOn(result);
      if (verdict !== "retry") return ended(verdict);
    }
    return ended("expired");
  }

  async #attempt(mail: BuiltMail): Promise<MailAnswer | NoAnswerError> {
    const { url, apiKey, trusted, attemptLimitMs } = this.#options;
    const given = new AbortController();
    const overdue = attemptLimitMs === undefined ? undefined : setTimeout(() => given.abort(), attemptLimitMs);
    try {
      return await postMail(mail, {
        url,
        signal: AbortSignal.any([this.#stopping.signal, given.signal]),
        ...(apiKey !== undefined && { apiKey }),
        ...(trusted !== undefined && { trusted }),
      });
    } catch (error) {
      if (error instanceof NoAnswerError) return error;
      throw error;
    } finally {
      clearTimeout(overdue);
    }
  }

  /** False when the sender was stopped meanwhile. */
  async #wait(milliseconds: number): Promise<boolean> {
    const { signal } = this.#stopping;
    const { sleep, timeScale = 1 } = this.#options;
    if (milliseconds > 0 && !signal.aborted) {
      const waiting = sleep?.(milliseconds, signal) ?? sleepFor(milliseconds / timeScale, undefined, { signal });
      await waiting.catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    return !signal.aborted;
  }
}

/** SendGrid's rules for an answer. */
function verdictOn(result: MailAnswer | NoAnswerError): "accepted" | "dropped" | "retry" {
  if (result instanceof NoAnswerError) return result.reason === "dns" ? "dropped" : "retry";
  if (result.status >= 500) return "retry";
  return result.status >= 200 && result.status < 300 ? "accepted" : "dropped";
}
