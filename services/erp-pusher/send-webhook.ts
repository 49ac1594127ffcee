import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { GhostBytes } from "@flowstate/ghost";
import { Client, type Dispatcher, errors } from "undici";
import type { ErpAnswer, ErpFault } from "./classify-answer.ts";
import { AddressRefusedError } from "./egress/guard-addresses.ts";
import type { ErpEndpoint } from "./erp-endpoint.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** Of the ERP's answer only the status counts; this much of its body is read for politeness and thrown away. */
const MAX_ANSWER_BODY_BYTES = 64 * 1024;
/** How long the body of an answer may take after its status. */
const ANSWER_BODY_LIMIT_MS = 1_000;
/** How often the socket is asked whether it has sent everything, in the rare case that the answer overtook the body. */
const SENT_POLL_MS = 10;

export interface WebhookAttempt {
  readonly headers: Readonly<Record<string, string>>;
  /** Read where it lies, without a copy. Nothing reads it any more when the promise has settled: wipe it then. */
  readonly body: GhostBytes;
  /** Longest time for everything: connecting, sending, the answer. Milliseconds. */
  readonly timeLimitMs: number;
  /** Aborted when the answer interests nobody any more. */
  readonly signal: AbortSignal;
  /** The time of day, which a date in `Retry-After` is held against. Default: this machine's. */
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
  const connection: { socket?: Socket } = {};
  const connect = endpoint.connector(stop);
  const client = new Client(endpoint.url.origin, {
    headersTimeout: attempt.timeLimitMs,
    bodyTimeout: attempt.timeLimitMs,
    connect: (options, callback) =>
      connect(options, (...established) => {
        if (established[0] === null) connection.socket = established[1];
        callback(...established);
      }),
  });
  try {
    const { statusCode, headers, body } = await client.request({
      method: "POST",
      path: endpoint.url.pathname + endpoint.url.search,
      headers: { ...attempt.headers },
      body: attempt.body.view(),
      signal: stop,
    });
    await discard(body, stop);
    if (acknowledges(statusCode)) await bodySent(connection.socket, stop);
    const now = attempt.now?.() ?? new Date();
    return { kind: "answered", status: statusCode, retryAfterMs: parseRetryAfter(headers["retry-after"], now) };
  } catch (cause) {
    attempt.signal.throwIfAborted();
    if (cause instanceof errors.InvalidArgumentError) throw cause;
    // Once there is a connection, the request is written to it at once.
    const ambiguous = connection.socket !== undefined;
    return { kind: "failed", fault: overdue.aborted ? "timeout" : faultOf(cause), ambiguous, cause };
  } finally {
    // Once the socket is gone nothing reads the body, and the caller can wipe it.
    await client.destroy();
  }
}

/** The status has arrived and stands, whatever happens to the rest of the answer. What is read is zeroed at once. */
async function discard(body: Dispatcher.ResponseData["body"], stop: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_BODY_LIMIT_MS)]);
  const giveUp = () => body.destroy();
  patience.addEventListener("abort", giveUp, { once: true });
  try {
    let read = 0;
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) break;
      read += chunk.byteLength;
      chunk.fill(0);
      if (read > MAX_ANSWER_BODY_BYTES) break;
    }
  } catch {
    // An answer that breaks off after its status changes nothing.
  } finally {
    patience.removeEventListener("abort", giveUp);
  }
}

function acknowledges(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Some servers answer before they have read the request and go on reading. Closing or wiping then would leave them with a
 * piece of the document they acknowledged, or with zeros; an ERP that refuses early need not be waited for. Rejects when `stop` is aborted first.
 */
async function bodySent(socket: Socket | undefined, stop: AbortSignal): Promise<void> {
  while (socket !== undefined && !socket.destroyed && socket.writableLength > 0) {
    await sleep(SENT_POLL_MS, undefined, { signal: stop });
  }
}

const TIMEOUTS: ReadonlySet<string> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);

/** Codes by which Node says that it does not trust a certificate (https://nodejs.org/api/tls.html, OpenSSL's names). */
const CERTIFICATE_FAULTS: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_FORMAT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function faultOf(cause: unknown): ErpFault {
  if (cause instanceof AddressRefusedError) return "address";
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (CERTIFICATE_FAULTS.has(code)) return "certificate";
  return TIMEOUTS.has(code) ? "timeout" : "network";
}
