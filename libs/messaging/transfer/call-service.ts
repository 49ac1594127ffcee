import {
  DEADLINE_HEADER,
  inboxPrefix,
  type OpenReply,
  openReplySchema,
  TRACEPARENT_HEADER,
  TRANSFER_VERSION,
  type TransferService,
  transferFramesSubject,
  transferOpenSubject,
} from "@flowstate/contracts";
import { encapsulateTo, type GhostBytes } from "@flowstate/ghost";
import { count, currentTraceparent, type Logger, SpanKind, withSpan } from "@flowstate/runtime";
import { createInbox, ErrorCode, headers, NatsError } from "nats";
import type { z } from "zod";
import type { DocumentsConnection } from "../connection.ts";
import type { Deadline } from "./deadline.ts";
import { beginFrame } from "./frame.ts";
import {
  DEFAULT_TIMES,
  MAX_LOST_TRANSFERS,
  OPEN_TIMEOUT_MS,
  RETRY_PAUSE_MS,
  type TransferTimes,
  WINDOW,
} from "./limits.ts";
import { encodeMetadata } from "./metadata.ts";
import { ReplyCollector, type ServiceAnswer } from "./reply-collector.ts";
import { SealedChannel } from "./sealed-channel.ts";
import { TransferError } from "./transfer-error.ts";

export interface ServiceCall<Outcome> {
  readonly service: TransferService;
  /** Metadata that goes with the content, sealed like it. */
  readonly request: object;
  /** Read, never wiped: the caller still holds the content if an instance dies. */
  readonly content: GhostBytes;
  readonly outcomeSchema: z.ZodType<Outcome>;
  readonly deadline: Deadline;
  /** Aborted when this process stops. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly times?: TransferTimes;
}

/**
 * Sends content to one instance of a service over a sealed transfer and brings back what it makes of it. An instance that
 * dies, stalls or is busy costs time, not the document: another is asked until the deadline. Rejects with `TransferError`.
 */
export async function callService<Outcome>(
  connection: DocumentsConnection,
  call: ServiceCall<Outcome>,
): Promise<ServiceAnswer<Outcome>> {
  return withSpan(
    `call ${call.service}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        "messaging.system.name": "nats",
        "messaging.operation.type": "send",
        "messaging.destination.name": transferOpenSubject(call.service),
        "flowstate.size_bytes": call.content.length,
      },
    },
    async (span) => {
      const times = call.times ?? DEFAULT_TIMES;
      let attempts = 0;
      let losses = 0;
      let unavailableSince: number | undefined;
      for (;;) {
        if (call.signal.aborted) throw new TransferError("cancelled");
        if (call.deadline.passed) throw new TransferError("deadline");
        if (!connection.connected) throw new TransferError("lost");
        attempts += 1;
        span.set({ "flowstate.transfer.attempts": attempts });
        const attempt = await attemptTransfer(connection, call);
        if (attempt.kind === "answered") return attempt.answer;
        count("flowstate.retries", { "flowstate.peer": call.service });
        call.logger.warn("transfer.retrying", { peer: call.service, code: attempt.kind, attempts });
        if (attempt.kind === "lost") losses += 1;
        if (losses >= MAX_LOST_TRANSFERS) throw new TransferError("lost");
        if (attempt.kind === "unavailable") {
          unavailableSince ??= performance.now();
          if (performance.now() - unavailableSince > times.unavailableLimitMs) throw new TransferError("unavailable");
        } else {
          unavailableSince = undefined;
        }
        await pause(attempt.kind === "busy" ? attempt.retryAfterMs : RETRY_PAUSE_MS, call);
        if (attempt.kind === "busy" && call.deadline.passed) throw new TransferError("busy");
      }
    },
  );
}

type Attempt<Outcome> =
  | { readonly kind: "answered"; readonly answer: ServiceAnswer<Outcome> }
  | { readonly kind: "unavailable" }
  | { readonly kind: "busy"; readonly retryAfterMs: number }
  | { readonly kind: "lost" };

async function attemptTransfer<Outcome>(
  connection: DocumentsConnection,
  call: ServiceCall<Outcome>,
): Promise<Attempt<Outcome>> {
  const inbound = connection.nats.subscribe(createInbox(inboxPrefix(connection.identity)));
  const opened = await open(connection, call, inbound.getSubject()).catch((error: unknown) => {
    inbound.unsubscribe();
    throw error;
  });
  if (opened === undefined || opened.answer !== "granted") {
    inbound.unsubscribe();
    if (opened?.answer === "busy") return { kind: "busy", retryAfterMs: opened.retry_after_ms };
    if (opened === undefined) return { kind: "unavailable" };
    // The two services disagree about sizes or versions: an operator's fault that no other attempt mends.
    call.logger.error("transfer.not_granted", { peer: call.service, code: opened.answer });
    throw new TransferError("violated");
  }

  const reply = new ReplyCollector<Outcome>(call.outcomeSchema);
  using channel = new SealedChannel({
    nats: connection.nats,
    inbound,
    peerSubject: transferFramesSubject(call.service, opened.transfer_id),
    peer: call.service,
    times: call.times ?? DEFAULT_TIMES,
    window: Math.min(opened.window, WINDOW),
    onChunk: (plaintext, chunk) => reply.take(plaintext, chunk),
  });
  const expired = setTimeout(() => channel.fail("deadline"), call.deadline.remainingMs());
  const cancel = () => channel.fail("cancelled");
  call.signal.addEventListener("abort", cancel, { once: true });
  // Nobody says it again who said it while the transfer was being opened.
  if (call.signal.aborted) cancel();
  try {
    const context = `${call.service} ${opened.transfer_id}`;
    const { encapsulated, keys } = await encapsulateTo(Buffer.from(opened.public_key, "base64url"), context);
    using _keys = keys;
    channel.useKeys(keys.sealer("request"), keys.opener("reply"));
    channel.sendFrame(beginFrame(encapsulated));
    await sendRequest(channel, call, opened.chunk_bytes);
    return { kind: "answered", answer: await reply.complete(channel.signal) };
  } catch (error) {
    reply.wipe();
    channel.fail("lost");
    if (error instanceof TransferError && error.failure === "lost") return { kind: "lost" };
    throw error;
  } finally {
    clearTimeout(expired);
    call.signal.removeEventListener("abort", cancel);
  }
}

/** Undefined when no instance answers in time. */
async function open<Outcome>(
  connection: DocumentsConnection,
  call: ServiceCall<Outcome>,
  replyTo: string,
): Promise<OpenReply | undefined> {
  const header = headers();
  header.set(DEADLINE_HEADER, String(call.deadline.remainingMs()));
  const traceparent = currentTraceparent();
  if (traceparent !== undefined) header.set(TRACEPARENT_HEADER, traceparent);
  const body = { version: TRANSFER_VERSION, size_bytes: call.content.length, reply_to: replyTo };
  try {
    const answer = await connection.nats.request(transferOpenSubject(call.service), JSON.stringify(body), {
      headers: header,
      timeout: Math.max(1, Math.min(OPEN_TIMEOUT_MS, call.deadline.remainingMs())),
    });
    return openReplySchema.parse(answer.json());
  } catch (error) {
    if (error instanceof NatsError && UNANSWERED.has(error.code)) return undefined;
    if (error instanceof NatsError) throw new TransferError("lost");
    throw new TransferError("violated");
  }
}

const UNANSWERED: ReadonlySet<string> = new Set([ErrorCode.NoResponders, ErrorCode.Timeout]);

async function sendRequest<Outcome>(
  channel: SealedChannel,
  { request, content }: ServiceCall<Outcome>,
  chunkBytes: number,
): Promise<void> {
  await channel.send([encodeMetadata(request)], content.length === 0);
  let left = content.length;
  for (const chunk of content.chunks(chunkBytes)) {
    left -= chunk.reduce((sum, piece) => sum + piece.byteLength, 0);
    await channel.send(chunk, left === 0);
  }
}

function pause<Outcome>(milliseconds: number, { signal, deadline }: ServiceCall<Outcome>): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(milliseconds, deadline.remainingMs()));
    signal.addEventListener("abort", wake, { once: true });
  });
}
