import { randomBytes } from "node:crypto";
import {
  DEADLINE_HEADER,
  type OpenReply,
  openRequestSchema,
  TRACEPARENT_HEADER,
  type TransferService,
  transferFramesSubject,
  transferOpenSubject,
} from "@flowstate/contracts";
import { createRecipientKey, GhostBytes, type MemoryBudget, type RecipientKey } from "@flowstate/ghost";
import { type Logger, SpanKind, withSpan } from "@flowstate/runtime";
import type { ServiceMsg, Subscription } from "nats";
import { z } from "zod";
import type { DocumentsConnection } from "../connection.ts";
import { Deadline } from "./deadline.ts";
import { BUSY_RETRY_MS, CHUNK_BYTES, DEFAULT_TIMES, MAX_METADATA_BYTES, type TransferTimes, WINDOW } from "./limits.ts";
import { decodeMetadata, encodeMetadata } from "./metadata.ts";
import { SealedChannel } from "./sealed-channel.ts";
import { TransferError } from "./transfer-error.ts";

const TRANSFER_ID_BYTES = 16;
/** The protocol's version in the service framework, semantic. */
const SERVICE_VERSION = "1.0.0";
/** A caller that names no deadline, or an absurd one, gets this. */
const MAX_DEADLINE_MS = 10 * 60_000;

export interface TransferServer<Request> {
  readonly service: TransferService;
  readonly description: string;
  readonly requestSchema: z.ZodType<Request>;
  readonly maxContentBytes: number;
  readonly budget: MemoryBudget;
  readonly logger: Logger;
  readonly times?: TransferTimes;
  /** Whether one more transfer is taken while so many are under way; `busy` is answered otherwise. Default: always. */
  admits?(underWay: number): boolean;
  handle(call: TransferCall<Request>): Promise<TransferAnswer>;
}

export interface TransferCall<Request> {
  readonly request: Request;
  /** The content in one piece. The handler may wipe it as soon as it needs it no longer; it is wiped in any case. */
  readonly content: GhostBytes;
  /** Aborted when the deadline is over, the caller is gone or this process stops: the answer interests nobody. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Milliseconds of the work that went by at a third party, or waiting for it: the caller is told their sum. */
  spentOutside(milliseconds: number): void;
}

export interface TransferAnswer {
  /** Metadata, parsed by the caller's schema. */
  readonly outcome: object;
  /** Wiped as soon as it is sealed. */
  readonly content?: GhostBytes;
}

/**
 * Makes this process an instance of a service: registers it with the NATS service framework, grants transfers while the
 * budget has room, and hands each complete request to `handle`. Request and answer are wiped on every exit. Disposing
 * stops taking new transfers and waits for those under way.
 */
export async function serveTransfers<Request>(
  connection: DocumentsConnection,
  server: TransferServer<Request>,
): Promise<AsyncDisposable> {
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const registration = await connection.nats.services.add({
    name: server.service,
    version: SERVICE_VERSION,
    description: server.description,
    queue: server.service,
  });
  registration.addEndpoint("open", {
    subject: transferOpenSubject(server.service),
    handler: (error, message) => {
      if (error !== null) return;
      const transfer = answerOpen(connection, server, message, running.size, stopping.signal).catch((cause) =>
        server.logger.error("transfer.fault", { peer: server.service }, cause),
      );
      running.add(transfer);
      void transfer.finally(() => running.delete(transfer));
    },
  });
  // Ready means that the broker knows of it, not only that it was asked.
  await connection.nats.flush();
  return {
    async [Symbol.asyncDispose]() {
      await registration.stop();
      await Promise.race([Promise.allSettled(running), stopGrace()]);
      stopping.abort();
      await Promise.allSettled(running);
    },
  };
}

/** How long running transfers may take to finish once the process is asked to stop. */
const STOP_GRACE_MS = 15_000;

function stopGrace(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STOP_GRACE_MS).unref());
}

/** Answers one `open` and, if it is granted, carries the transfer to its end. */
async function answerOpen<Request>(
  connection: DocumentsConnection,
  server: TransferServer<Request>,
  message: ServiceMsg,
  underWay: number,
  stopping: AbortSignal,
): Promise<void> {
  const respond = (reply: OpenReply) => void message.respond(JSON.stringify(reply));
  const request = parseJson(openRequestSchema, message.data);
  if (request === undefined) return respond({ answer: "malformed" });
  if (request.size_bytes > server.maxContentBytes) return respond({ answer: "too_large" });
  using reservation = server.admits?.(underWay) === false ? undefined : server.budget.tryReserve(request.size_bytes);
  if (reservation === undefined) return respond({ answer: "busy", retry_after_ms: BUSY_RETRY_MS });

  // Before the grant: where there is no memory, none leaves that could not be kept.
  using collector = new RequestCollector(server.requestSchema, reservation.bytes);
  const transferId = randomBytes(TRANSFER_ID_BYTES).toString("hex");
  const recipient = await createRecipientKey(`${server.service} ${transferId}`);
  // Subscribed before the grant leaves, so that the caller's first frame finds a listener.
  const inbound = connection.nats.subscribe(transferFramesSubject(server.service, transferId));
  respond({
    answer: "granted",
    transfer_id: transferId,
    public_key: Buffer.from(recipient.publicKey).toString("base64url"),
    chunk_bytes: CHUNK_BYTES,
    window: WINDOW,
  });
  await withSpan(
    `process ${server.service}`,
    {
      kind: SpanKind.SERVER,
      parent: message.headers?.get(TRACEPARENT_HEADER),
      attributes: {
        "messaging.system.name": "nats",
        "messaging.operation.type": "process",
        "flowstate.size_bytes": request.size_bytes,
      },
    },
    () =>
      runTransfer(connection, server, {
        recipient,
        inbound,
        replyTo: request.reply_to,
        collector,
        deadline: deadlineOf(message),
        stopping,
      }),
  );
}

interface GrantedTransfer<Request> {
  readonly recipient: RecipientKey;
  readonly inbound: Subscription;
  readonly replyTo: string;
  readonly collector: RequestCollector<Request>;
  readonly deadline: Deadline;
  readonly stopping: AbortSignal;
}

async function runTransfer<Request>(
  connection: DocumentsConnection,
  server: TransferServer<Request>,
  { recipient, inbound, replyTo, collector, deadline, stopping }: GrantedTransfer<Request>,
): Promise<void> {
  using stack = new DisposableStack();
  const channel = stack.use(
    new SealedChannel({
      nats: connection.nats,
      inbound,
      peerSubject: replyTo,
      peer: "ingest",
      times: server.times ?? DEFAULT_TIMES,
      window: WINDOW,
      onChunk: (plaintext, chunk) => collector.take(plaintext, chunk),
      onBegin: async (encapsulated) => {
        const keys = await recipient.accept(encapsulated);
        // The transfer may have ended meanwhile.
        if (stack.disposed) return keys[Symbol.dispose]();
        stack.use(keys);
        channel.useKeys(keys.sealer("reply"), keys.opener("request"));
      },
    }),
  );
  const expired = setTimeout(() => channel.fail("deadline"), deadline.remainingMs());
  stack.defer(() => clearTimeout(expired));
  const stop = () => channel.fail("cancelled");
  stopping.addEventListener("abort", stop, { once: true });
  stack.defer(() => stopping.removeEventListener("abort", stop));
  try {
    const parsed = await collector.complete(channel.signal);
    let outsideMs = 0;
    const answer = await server.handle({
      request: parsed,
      content: collector.content,
      signal: channel.signal,
      remainingMs: () => deadline.remainingMs(),
      spentOutside: (milliseconds) => {
        outsideMs += milliseconds;
      },
    });
    using _content = answer.content;
    await sendAnswer(channel, answer, { request: collector.content, outsideMs });
  } catch (error) {
    channel.fail("lost");
    if (!(error instanceof TransferError)) throw error;
    server.logger.warn("transfer.ended", { peer: server.service, code: error.failure });
  }
}

/** Outcome, content, and last the receipt, which leaves only when both the request and the answer are zeroed here. */
async function sendAnswer(
  channel: SealedChannel,
  answer: TransferAnswer,
  { request, outsideMs }: { readonly request: GhostBytes; readonly outsideMs: number },
): Promise<void> {
  const contentBytes = answer.content?.length ?? 0;
  const head = { outcome: answer.outcome, content_bytes: contentBytes, outside_ms: Math.round(outsideMs) };
  await channel.send([encodeMetadata(head)], false);
  if (answer.content !== undefined) {
    for (const chunk of answer.content.chunks(CHUNK_BYTES)) await channel.send(chunk, false);
    answer.content.wipe();
  }
  request.wipe();
  await channel.send([encodeMetadata({ wiped_bytes: request.length + contentBytes })], true);
}

/** The request as it arrives: metadata first, then the content, exactly as many bytes as `open` declared. */
class RequestCollector<Request> implements Disposable {
  readonly content: GhostBytes;
  readonly #schema: z.ZodType<Request>;
  readonly #declaredBytes: number;
  readonly #arrived = Promise.withResolvers<void>();
  #request: { readonly value: Request } | undefined;

  constructor(schema: z.ZodType<Request>, declaredBytes: number) {
    this.#schema = schema;
    this.#declaredBytes = declaredBytes;
    this.content = GhostBytes.withCapacity(declaredBytes);
  }

  take(plaintext: Buffer, { index, last }: { readonly index: number; readonly last: boolean }): void {
    if (index === 0) this.#request = { value: decodeMetadata(this.#schema, plaintext, MAX_METADATA_BYTES) };
    else if (this.content.length + plaintext.byteLength > this.#declaredBytes) throw new TransferError("violated");
    else this.content.append(plaintext);
    if (!last) return;
    if (this.content.length !== this.#declaredBytes) throw new TransferError("violated");
    this.#arrived.resolve();
  }

  async complete(failed: AbortSignal): Promise<Request> {
    const onFailed = () => this.#arrived.resolve();
    failed.addEventListener("abort", onFailed, { once: true });
    if (!failed.aborted) await this.#arrived.promise;
    failed.removeEventListener("abort", onFailed);
    failed.throwIfAborted();
    if (this.#request === undefined) throw new TransferError("violated");
    return this.#request.value;
  }

  [Symbol.dispose](): void {
    this.content.wipe();
  }
}

function deadlineOf(message: ServiceMsg): Deadline {
  const stated = z.coerce.number().int().positive().safeParse(message.headers?.get(DEADLINE_HEADER));
  return Deadline.in(stated.success ? Math.min(stated.data, MAX_DEADLINE_MS) : MAX_DEADLINE_MS);
}

function parseJson<T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  try {
    return decodeMetadata(schema, bytes, MAX_METADATA_BYTES);
  } catch {
    return undefined;
  }
}
