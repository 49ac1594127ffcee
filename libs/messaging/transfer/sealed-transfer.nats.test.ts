// Real: nats-server, both sides of the transfer, the sealing. Doubled: the handler behind an instance, and in the last
// suite a caller or an instance that breaks the protocol on purpose.

import { randomBytes } from "node:crypto";
import { inboxPrefix, openReplySchema, transferFramesSubject, transferOpenSubject } from "@flowstate/contracts";
import { createRecipientKey, encapsulateTo, GhostBytes, MemoryBudget, type TransferKeys } from "@flowstate/ghost";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { createLogger } from "@flowstate/runtime";
import { connect, createInbox, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { connectDocuments, type DocumentsConnection } from "../connection.ts";
import { callService } from "./call-service.ts";
import { Deadline } from "./deadline.ts";
import { ABORT_FRAME, beginFrame, chunkHead, parseFrame } from "./frame.ts";
import { CHUNK_BYTES, DEFAULT_TIMES, type TransferTimes, WINDOW } from "./limits.ts";
import { encodeMetadata } from "./metadata.ts";
import type { ServiceAnswer } from "./reply-collector.ts";
import { serveTransfers, type TransferAnswer, type TransferCall } from "./serve-transfers.ts";
import { TransferError } from "./transfer-error.ts";

/** For what falls silent, busy or dead: nobody waits for long. */
const IMPATIENT: TransferTimes = { idleLimitMs: 600, aliveIntervalMs: 100, unavailableLimitMs: 400 };
let times = IMPATIENT;
const logger = createLogger("test", "error", { write: () => {} });
const requestSchema = z.strictObject({ name: z.string() });
type Request = z.infer<typeof requestSchema>;

let server: NatsServer;
let caller: DocumentsConnection;
beforeAll(async () => {
  server = await startNatsServer({});
  caller = await connectAs("ingest-documents");
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function connectAs(identity: "ingest-documents" | "extractor"): Promise<DocumentsConnection> {
  return connectDocuments({ url: server.url, identity, password: server.passwords[identity], logger });
}

interface Instance {
  readonly connection: DocumentsConnection;
  readonly budget: MemoryBudget;
  stop(): Promise<void>;
}

async function startInstance(
  handle: (call: TransferCall<Request>) => Promise<TransferAnswer>,
  budget = new MemoryBudget(64 * 1024 * 1024),
  admits: (underWay: number) => boolean = () => true,
): Promise<Instance> {
  const connection = await connectAs("extractor");
  const serving = await serveTransfers(connection, {
    service: "extractor",
    description: "test",
    requestSchema,
    maxContentBytes: 32 * 1024 * 1024,
    budget,
    logger,
    times,
    admits,
    handle,
  });
  const stop = async () => {
    await serving[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
  };
  onTestFinished(stop);
  return { connection, budget, stop };
}

function call(
  content: Uint8Array,
  options: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
): Promise<ServiceAnswer<unknown>> {
  const bytes = GhostBytes.growing();
  bytes.append(content);
  onTestFinished(() => void bytes.wipe());
  return callService(caller, {
    service: "extractor",
    request: { name: "x" },
    content: bytes,
    outcomeSchema: z.unknown(),
    deadline: Deadline.in(options.deadlineMs ?? 10_000),
    signal: options.signal ?? new AbortController().signal,
    logger,
    times,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransferError);
  return (error as TransferError).failure;
}

const echo = async ({ content, request }: TransferCall<Request>): Promise<TransferAnswer> => {
  const answer = GhostBytes.growing();
  answer.append(content.view());
  return { outcome: { name: request.name, bytes: content.length }, content: answer };
};

/** Resolves once `condition` holds. */
async function eventually(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 5_000, interval: 10 }).toBe(true);
}

describe("a sealed transfer", () => {
  // What goes well is not cut off by a busy machine.
  beforeEach(() => {
    times = DEFAULT_TIMES;
  });
  afterEach(() => {
    times = IMPATIENT;
  });

  it.each([
    ["nothing", 0],
    ["one byte", 1],
    ["exactly one chunk", CHUNK_BYTES],
    ["one chunk and a byte", CHUNK_BYTES + 1],
    ["more than the window", CHUNK_BYTES * (WINDOW + 3) + 17],
    ["15 MiB", 15 * 1024 * 1024],
  ])("carries %s there and back", async (_name, size) => {
    await startInstance(echo);
    const content = randomBytes(size);
    const answer = await call(content);
    expect(answer.outcome).toEqual({ name: "x", bytes: size });
    expect(Buffer.concat([...(answer.content?.slices(CHUNK_BYTES) ?? [])]).equals(content)).toBe(true);
    expect(answer.wipedBytes).toBe(2 * size);
    answer.content?.wipe();
  });

  it("leaves the request and the answer zeroed in the instance", async () => {
    const retained: Buffer[] = [];
    await startInstance(async (transfer) => {
      const answer = await echo(transfer);
      retained.push(transfer.content.view(), ...(answer.content?.slices(CHUNK_BYTES) ?? []));
      return answer;
    });
    const answer = await call(randomBytes(100_000));
    expect(retained.length).toBeGreaterThan(1);
    expect(retained.every(isZeroed)).toBe(true);
    answer.content?.wipe();
  });

  it("puts only ciphertext on the broker", async () => {
    await startInstance(echo);
    const spy = await connect({ servers: server.url, user: "extractor", pass: server.passwords.extractor });
    onTestFinished(() => spy.close());
    const seen: Buffer[] = [];
    spy.subscribe("flowstate.documents.extractor.>", {
      callback: (_error, message) => seen.push(Buffer.from(message.data)),
    });
    await spy.flush();
    const canary = Buffer.from("canary-".repeat(1_000));
    const answer = await call(canary);
    answer.content?.wipe();
    await eventually(() => seen.length >= 3);
    expect(Buffer.concat(seen).includes("canary-")).toBe(false);
  });

  it("carries content that is held in many pieces in as few chunks as there can be", async () => {
    await startInstance(async () => ({ outcome: {} }));
    const spy = await connect({ servers: server.url, user: "extractor", pass: server.passwords.extractor });
    onTestFinished(() => spy.close());
    let chunks = 0;
    let ended = false;
    spy.subscribe("flowstate.documents.extractor.>", {
      callback: (_error, { data }) => {
        const frame = parseFrame(data);
        if (frame?.kind !== "chunk") return;
        chunks += 1;
        ended ||= frame.last;
      },
    });
    await spy.flush();
    await call(randomBytes(4 * CHUNK_BYTES));
    await eventually(() => ended);
    // The request's metadata is one of them.
    expect(chunks).toBe(1 + 4);
  });

  it("runs many at once without mixing them", async () => {
    await startInstance(echo);
    const contents = Array.from({ length: 20 }, () => randomBytes(300_000));
    const answers = await Promise.all(contents.map((content) => call(content)));
    expect(
      answers.map(({ content }, n) =>
        Buffer.concat([...(content?.slices(CHUNK_BYTES) ?? [])]).equals(contents[n] ?? Buffer.alloc(0)),
      ),
    ).toEqual(contents.map(() => true));
    for (const { content } of answers) content?.wipe();
  });
});

describe("when an instance fails", () => {
  it("asks another one after it died in the middle of the transfer", async () => {
    let firstWasAsked = false;
    const first = await startInstance(async (transfer) => {
      firstWasAsked = true;
      await first.connection.nats.close();
      return echo(transfer);
    });
    const pending = call(randomBytes(50_000));
    await eventually(() => firstWasAsked);
    await startInstance(async () => ({ outcome: { by: "second" } }));
    expect((await pending).outcome).toEqual({ by: "second" });
  });

  it("gives up as lost when every instance it asks fails", async () => {
    let asked = 0;
    await startInstance(async () => {
      asked += 1;
      throw new Error("bug in the handler");
    });
    expect(await failureOf(call(randomBytes(10)))).toBe("lost");
    expect(asked).toBe(3);
  });

  it("gives up as unavailable when there is no instance", async () => {
    expect(await failureOf(call(randomBytes(10)))).toBe("unavailable");
  });

  it("waits for a busy one and is served when it has room", async () => {
    const budget = new MemoryBudget(1_000);
    const taken = budget.tryReserve(900);
    await startInstance(echo, budget);
    const pending = call(randomBytes(500));
    setTimeout(() => taken?.[Symbol.dispose](), 200);
    const answer = await pending;
    expect(answer.wipedBytes).toBe(1_000);
    answer.content?.wipe();
  });

  it("gives up as busy when none has room before the deadline", async () => {
    await startInstance(echo, new MemoryBudget(10));
    expect(await failureOf(call(randomBytes(500), { deadlineMs: 700 }))).toBe("busy");
  });

  it("is told to wait by one that takes no more for now, which counts what it has under way", async () => {
    const release = Promise.withResolvers<void>();
    const asked: number[] = [];
    const slowly = async (transfer: TransferCall<Request>) => {
      await release.promise;
      return echo(transfer);
    };
    const one = (underWay: number) => {
      asked.push(underWay);
      return underWay < 1;
    };
    await startInstance(slowly, undefined, one);
    const first = call(randomBytes(10));
    await eventually(() => asked.length === 1);
    const second = call(randomBytes(10));
    await eventually(() => asked.length === 2);
    expect(asked).toEqual([0, 1]);
    release.resolve();
    for (const answer of await Promise.all([first, second])) expect(answer.outcome).toEqual({ name: "x", bytes: 10 });
  });

  it("keeps the answer of one that vanished before its receipt", async () => {
    const instance = await startInstance(async () => ({ outcome: { done: true } }));
    const { nats } = instance.connection;
    const publish = nats.publish.bind(nats);
    nats.publish = (subject, payload, options) => {
      if (payload instanceof Uint8Array && parseFrame(payload)?.kind === "chunk" && payload[0] === 0x03)
        void nats.close();
      else publish(subject, payload, options);
    };
    const answer = await call(randomBytes(10));
    expect(answer).toEqual({ outcome: { done: true }, content: undefined, wipedBytes: undefined, outsideMs: 0 });
  });
});

describe("when time or the caller runs out", () => {
  it.each<[string, (abort: AbortController) => Promise<ServiceAnswer<unknown>>]>([
    ["deadline", () => call(randomBytes(5_000), { deadlineMs: 300 })],
    [
      "cancelled",
      (abort) => {
        setTimeout(() => abort.abort(), 200);
        return call(randomBytes(5_000), { signal: abort.signal });
      },
    ],
  ])("fails as %s, and the instance stops working and wipes", async (failure, start) => {
    let retained: Buffer | undefined;
    let aborted = false;
    const instance = await startInstance(async ({ content, signal }) => {
      retained = content.view();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted = true;
      return { outcome: {} };
    });
    expect(await failureOf(start(new AbortController()))).toBe(failure);
    await eventually(() => aborted && instance.budget.reservedBytes === 0);
    expect(retained !== undefined && isZeroed(retained)).toBe(true);
  });

  it("fails as cancelled when the caller says so while the transfer is being opened", async () => {
    const instance = await startInstance(() => Promise.withResolvers<TransferAnswer>().promise);
    const abort = new AbortController();
    const pending = call(randomBytes(5_000), { signal: abort.signal, deadlineMs: 3_000 });
    abort.abort();
    expect(await failureOf(pending)).toBe("cancelled");
    await eventually(() => instance.budget.reservedBytes === 0);
  });

  it("waits for a slow instance beyond the idle limit as long as it is alive", async () => {
    await startInstance(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3 * IMPATIENT.idleLimitMs));
      return { outcome: { slow: true } };
    });
    expect((await call(randomBytes(10))).outcome).toEqual({ slow: true });
  });

  it("lets a running transfer finish when the instance is asked to stop", async () => {
    let started = false;
    const instance = await startInstance(async (transfer) => {
      started = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return echo(transfer);
    });
    const pending = call(Buffer.from("x"));
    await eventually(() => started);
    await instance.stop();
    const answer = await pending;
    expect(answer.outcome).toEqual({ name: "x", bytes: 1 });
    answer.content?.wipe();
  });
});

describe("an instance facing a caller that breaks the protocol", () => {
  interface RawCaller {
    readonly nats: NatsConnection;
    readonly keys: TransferKeys;
    readonly subject: string;
    readonly replyTo: string;
    readonly frames: Uint8Array[];
    send(frame: Uint8Array): void;
  }

  async function openRaw(sizeBytes: number): Promise<RawCaller> {
    const { nats } = caller;
    const replyTo = createInbox(inboxPrefix("ingest-documents"));
    const frames: Uint8Array[] = [];
    const inbound = nats.subscribe(replyTo, { callback: (_error, message) => frames.push(message.data) });
    onTestFinished(() => inbound.unsubscribe());
    const body = JSON.stringify({ version: 1, size_bytes: sizeBytes, reply_to: replyTo });
    const opened = openReplySchema.parse((await nats.request(transferOpenSubject("extractor"), body)).json());
    if (opened.answer !== "granted") throw new Error(opened.answer);
    const context = `extractor ${opened.transfer_id}`;
    const { encapsulated, keys } = await encapsulateTo(Buffer.from(opened.public_key, "base64url"), context);
    const subject = transferFramesSubject("extractor", opened.transfer_id);
    const send = (frame: Uint8Array) => nats.publish(subject, frame, { reply: replyTo });
    send(beginFrame(encapsulated));
    return { nats, keys, subject, replyTo, frames, send };
  }

  const metadata = encodeMetadata({ name: "x" });
  const bytes = Buffer.alloc(100, 7);

  it.each<[string, (raw: RawCaller) => void]>([
    [
      "reorders chunks",
      ({ keys, send }) => {
        const sealer = keys.sealer("request");
        const first = sealer.seal([metadata], false, chunkHead(false));
        const second = sealer.seal([bytes], true, chunkHead(true));
        send(second);
        send(first);
      },
    ],
    [
      "replays a chunk",
      ({ keys, send }) => {
        const first = keys.sealer("request").seal([metadata], false, chunkHead(false));
        send(first);
        send(first);
      },
    ],
    [
      "ends early by relabelling a chunk as the last",
      ({ keys, send }) => {
        const sealer = keys.sealer("request");
        send(sealer.seal([metadata], false, chunkHead(false)));
        send(sealer.seal([bytes], false, chunkHead(true)));
      },
    ],
    [
      "sends fewer bytes than it declared",
      ({ keys, send }) => {
        const sealer = keys.sealer("request");
        send(sealer.seal([metadata], false, chunkHead(false)));
        send(sealer.seal([bytes.subarray(1)], true, chunkHead(true)));
      },
    ],
    [
      "sends more bytes than it declared",
      ({ keys, send }) => {
        const sealer = keys.sealer("request");
        send(sealer.seal([metadata], false, chunkHead(false)));
        send(sealer.seal([Buffer.alloc(101)], true, chunkHead(true)));
      },
    ],
    [
      "seals with the other direction's key",
      ({ keys, send }) => send(keys.sealer("reply").seal([metadata], false, chunkHead(false))),
    ],
    [
      "flips a bit",
      ({ keys, send }) => {
        const frame = Buffer.from(keys.sealer("request").seal([metadata], false, chunkHead(false)));
        frame[3] = (frame[3] ?? 0) ^ 1;
        send(frame);
      },
    ],
    ["sends something that is no frame", ({ send }) => send(Buffer.from("hello"))],
    [
      "sends metadata that is not the service's",
      ({ keys, send }) => send(keys.sealer("request").seal([Buffer.from("{}")], false, chunkHead(false))),
    ],
    ["gives up", ({ send }) => send(ABORT_FRAME)],
    ["falls silent", () => {}],
  ])("wipes and frees its memory when the caller %s, without calling the handler", async (_name, misbehave) => {
    let handled = 0;
    const instance = await startInstance(async () => {
      handled += 1;
      return { outcome: {} };
    });
    const raw = await openRaw(bytes.length);
    expect(instance.budget.reservedBytes).toBe(bytes.length);
    misbehave(raw);
    await eventually(() => instance.budget.reservedBytes === 0);
    await eventually(() => raw.frames.some((frame) => parseFrame(frame)?.kind === "abort"));
    expect(handled).toBe(0);
  });

  it.each([
    ["malformed", JSON.stringify({ version: 2 })],
    ["malformed", "not json"],
    ["too_large", JSON.stringify({ version: 1, size_bytes: 33 * 1024 * 1024, reply_to: "_INBOX_x.y" })],
  ])("answers %s to an open request that it cannot grant", async (answer, body) => {
    await startInstance(echo);
    const reply = await caller.nats.request(transferOpenSubject("extractor"), body);
    expect(reply.json()).toEqual({ answer });
  });

  it("is listed by the NATS service framework", async () => {
    await startInstance(echo);
    const operations = await connect({
      servers: server.url,
      user: "operations",
      pass: server.passwords.operations,
      inboxPrefix: inboxPrefix("operations"),
    });
    onTestFinished(() => operations.close());
    const listed = [];
    for await (const info of await operations.services.client().info("extractor")) listed.push(info);
    expect(listed.map(({ name, endpoints }) => [name, endpoints.map(({ subject }) => subject)])).toEqual([
      ["extractor", ["flowstate.documents.extractor.open"]],
    ]);
  });
});

describe("a caller facing an instance that breaks the protocol", () => {
  async function startRawInstance(
    reply: (keys: TransferKeys, send: (frame: Uint8Array) => void) => void,
  ): Promise<void> {
    const connection = await connectAs("extractor");
    onTestFinished(() => connection[Symbol.asyncDispose]());
    connection.nats.subscribe(transferOpenSubject("extractor"), {
      callback: async (_error, message) => {
        const transferId = randomBytes(16).toString("hex");
        const recipient = await createRecipientKey(`extractor ${transferId}`);
        const { reply_to: replyTo } = z.looseObject({ reply_to: z.string() }).parse(message.json());
        const subject = transferFramesSubject("extractor", transferId);
        connection.nats.subscribe(subject, {
          callback: async (_fault, frameMessage) => {
            const frame = parseFrame(frameMessage.data);
            if (frame?.kind !== "begin") return;
            const keys = await recipient.accept(frame.encapsulated);
            reply(keys, (bytes) => connection.nats.publish(replyTo, bytes, { reply: subject }));
          },
        });
        message.respond(
          JSON.stringify({
            answer: "granted",
            transfer_id: transferId,
            public_key: Buffer.from(recipient.publicKey).toString("base64url"),
            chunk_bytes: CHUNK_BYTES,
            window: WINDOW,
          }),
        );
      },
    });
    await connection.nats.flush();
  }

  const head = (contentBytes: number) => encodeMetadata({ outcome: {}, content_bytes: contentBytes });

  it.each<[string, string, (keys: TransferKeys, send: (frame: Uint8Array) => void) => void]>([
    ["lost", "never answers", () => {}],
    ["violated", "sends garbage", (_keys, send) => send(Buffer.from("hello"))],
    [
      "violated",
      "sends more content than it declared",
      (keys, send) => {
        const sealer = keys.sealer("reply");
        send(sealer.seal([head(10)], false, chunkHead(false)));
        send(sealer.seal([Buffer.alloc(11)], false, chunkHead(false)));
      },
    ],
    [
      "violated",
      "ends before the content it declared",
      (keys, send) => {
        const sealer = keys.sealer("reply");
        send(sealer.seal([head(10)], false, chunkHead(false)));
        send(sealer.seal([encodeMetadata({ wiped_bytes: 0 })], true, chunkHead(true)));
      },
    ],
    [
      "violated",
      "declares more content than a caller takes",
      (keys, send) => send(keys.sealer("reply").seal([head(17 * 1024 * 1024)], false, chunkHead(false))),
    ],
  ])("fails as %s when the instance %s", async (failure, _name, reply) => {
    await startRawInstance(reply);
    expect(await failureOf(call(randomBytes(10), { deadlineMs: 5_000 }))).toBe(failure);
  });
});
