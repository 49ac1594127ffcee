import { Writable } from "node:stream";
import { type GhostBytes, stringsLeft } from "@flowstate/ghost";
import { CERTIFICATE_CODES } from "@flowstate/runtime";
import { Client, errors } from "undici";
import { AttemptConnection } from "./attempt-connection.ts";
import type { ErpAnswer, ErpFault } from "./classify-answer.ts";
import { AddressRefusedError } from "./egress/guard-addresses.ts";
import type { ErpEndpoint } from "./erp-endpoint.ts";
import { parseHttpDate } from "./http-date.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** Of the ERP's answer only the status counts: how long its body is read for politeness, and thrown away. */
const ANSWER_BODY_LIMIT_MS = 1_000;

/** Further from its own clock a receiver refuses a signature (Standard Webhooks 1.0), of whatever document. */
const SIGNATURE_TOLERANCE_MS = 5 * 60_000;

/** Headers that say nothing of what was delivered. A `Location` does, and undici makes strings of all of them. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "retry-after",
  "server",
  "strict-transport-security",
  "transfer-encoding",
  "vary",
  "x-powered-by",
]);

export interface WebhookAttempt {
  readonly headers: Readonly<Record<string, string>>;
  /** Read where it lies, without a copy. Nothing reads it any more when the promise has settled: wipe it then. */
  readonly body: GhostBytes;
  /** Longest time for everything: connecting, sending, the answer. Milliseconds. */
  readonly timeLimitMs: number;
  /** Aborted when the answer interests nobody any more. */
  readonly signal: AbortSignal;
  /** The time of day, which the dates of an answer are held against. Default: this machine's. */
  readonly now?: () => Date;
}

/**
 * Posts once and says what came of it. Follows no redirect and repeats nothing. Each delivery has a connection of its own:
 * a kept one may have been closed by the ERP meanwhile, which would look like an ERP that is down. Rejects only when
 * `signal` is aborted (with its reason) or the request itself is malformed (a bug).
 */
export async function sendWebhook(endpoint: ErpEndpoint, attempt: WebhookAttempt): Promise<ErpAnswer> {
  const overdue = AbortSignal.timeout(attempt.timeLimitMs);
  const stop = AbortSignal.any([attempt.signal, overdue]);
  const connection = new AttemptConnection(endpoint.connector(stop));
  const client = new Client(endpoint.url.origin, {
    headersTimeout: attempt.timeLimitMs,
    bodyTimeout: attempt.timeLimitMs,
    connect: connection.connector,
  });
  try {
    const { status, retryAfter, date } = await post(client, connection, endpoint.url, { ...attempt, signal: stop });
    const now = attempt.now?.() ?? new Date();
    const retryAfterMs = parseRetryAfter(retryAfter, now);
    return { kind: "answered", status, retryAfterMs, ...(isClockOff(date, now) && { clockOff: true }) };
  } catch (cause) {
    attempt.signal.throwIfAborted();
    if (cause instanceof errors.InvalidArgumentError) throw cause;
    return { kind: "failed", fault: overdue.aborted ? "timeout" : faultOf(cause), ambiguous: connection.made, cause };
  } finally {
    // Once the socket is gone nothing reads the body, and the caller can wipe it.
    await client.destroy();
  }
}

/** An ERP that does not say its time is believed. */
function isClockOff(date: unknown, now: Date): boolean {
  const erpTime = parseHttpDate(date);
  return erpTime !== undefined && Math.abs(erpTime.getTime() - now.getTime()) > SIGNATURE_TOLERANCE_MS;
}

interface AnswerHead {
  readonly status: number;
  readonly retryAfter: unknown;
  readonly date: unknown;
  /** Whether the whole request left this process. */
  readonly allSent: Promise<boolean>;
}

/** The status stands as soon as it has arrived, whatever happens to the rest of the answer. */
async function post(
  client: Client,
  connection: AttemptConnection,
  { pathname, search }: URL,
  { headers, body, signal }: WebhookAttempt,
): Promise<AnswerHead> {
  const answered = Promise.withResolvers<AnswerHead>();
  const discarded = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      chunk.fill(0);
      done();
    },
  });
  const ended = client
    .stream(
      { method: "POST", path: pathname + search, headers: { ...headers }, body: body.view(), signal },
      ({ statusCode, headers: answerHeaders }) => {
        if (!Object.keys(answerHeaders).every((name) => HARMLESS_HEADERS.has(name))) stringsLeft();
        const { "retry-after": retryAfter, date } = answerHeaders;
        // Asked before undici acts on the answer's end.
        answered.resolve({ status: statusCode, retryAfter, date, allSent: connection.allSent() });
        return discarded;
      },
    )
    .catch(answered.reject);
  const head = await answered.promise;
  // Some servers answer before they have read the request and go on reading: what an ERP acknowledged it must have. One that
  // refuses early need not be waited for.
  if (acknowledges(head.status) && !(await head.allSent))
    throw new errors.SocketError("acknowledged before it was sent");
  const giveUp = setTimeout(() => discarded.destroy(), ANSWER_BODY_LIMIT_MS);
  await ended;
  clearTimeout(giveUp);
  return head;
}

function acknowledges(status: number): boolean {
  return status >= 200 && status < 300;
}

const TIMEOUTS: ReadonlySet<string> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);

function faultOf(cause: unknown): ErpFault {
  if (cause instanceof AddressRefusedError) return "address";
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (CERTIFICATE_CODES.has(code)) return "certificate";
  return TIMEOUTS.has(code) ? "timeout" : "network";
}
