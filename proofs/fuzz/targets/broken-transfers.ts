import {
  inboxPrefix,
  openReplySchema,
  TRANSFER_VERSION,
  transferFramesSubject,
  transferOpenSubject,
} from "@flowstate/contracts";
import { encapsulateTo, MemoryBudget } from "@flowstate/ghost";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectDocuments, serveTransfers } from "@flowstate/messaging";
import { connect, createInbox, ErrorCode, type Msg, type NatsConnection, NatsError } from "nats";
import { z } from "zod";
import { beginFrame, chunkHead, creditFrame, parseFrame } from "../../../libs/messaging/transfer/frame.ts";
import { encodeMetadata } from "../../../libs/messaging/transfer/metadata.ts";
import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import { echoIn, WatchedLog } from "../checks/watched-log.ts";
import { DEFAULT_LIMIT_MS, type Fault, type OpenTarget, type Taken, type Target } from "../target.ts";

const CONTENT = Buffer.from(`${CANARY} `.repeat(40));
const CHUNK_BYTES = 100;
const BUDGET_BYTES = 1_000_000;
/** A caller that says nothing more is given up soon, so that what it leaves can be looked at. */
const TIMES = { idleLimitMs: 400, aliveIntervalMs: 150, unavailableLimitMs: 1_000 };
/** When all is done that a plain transfer is tried with: a busy machine is slow once. */
const MAX_PLAIN_TRANSFERS = 3;

const CHANGES = ["drop", "double", "exchange", "flip", "cut", "lengthen", "noise", "credit", "begin", "last"] as const;
/** An input: what the caller does other than it should, as JSON. What it sends has keys that exist for one transfer only. */
const planSchema = z.object({
  open: z.string(),
  changes: z.array(z.object({ change: z.enum(CHANGES), at: z.number(), byte: z.number() })),
});
type Plan = z.infer<typeof planSchema>;

/** A caller that breaks the protocol, against a real instance over a real broker. */
export const BROKEN_TRANSFERS: Target = {
  name: "transfers",
  runs: "an instance of a service that takes transfers, real broker; the caller is the proof's",
  share: 10,
  atOnce: 16,
  open,
};

async function open(): Promise<OpenTarget> {
  await using opening = new AsyncDisposableStack();
  const broker = opening.use(await startNatsServer());
  const log = new WatchedLog("extractor");
  const { logger } = log;
  const password = broker.passwords.extractor;
  const connection = opening.use(await connectDocuments({ url: broker.url, identity: "extractor", password, logger }));
  const budget = new MemoryBudget(BUDGET_BYTES);
  let altered = false;
  opening.use(
    await serveTransfers(connection, {
      service: "extractor",
      description: "fuzzed",
      requestSchema: z.object({ name: z.literal("fuzz") }),
      maxContentBytes: BUDGET_BYTES,
      budget,
      logger,
      times: TIMES,
      async handle({ content }) {
        // All of it: what is shorter was cut off on the way.
        altered ||= !content.view().equals(CONTENT);
        return { outcome: { done: true } };
      },
    }),
  );
  const caller = await connect({
    servers: broker.url,
    user: "ingest-documents",
    pass: broker.passwords["ingest-documents"],
    inboxPrefix: inboxPrefix("ingest-documents"),
  });
  opening.defer(() => caller.close());
  const parts = opening.move();
  return {
    make: (random) => Buffer.from(JSON.stringify(planOf(random))),
    async give(input): Promise<Taken | Fault> {
      const plan = planSchema.safeParse(jsonOf(input));
      const end = plan.success ? await play(caller, plan.data) : "refused";
      if (end === "none") return { kind: "hang", what: "the transfer has no end" };
      const wasAltered = altered;
      altered = false;
      if (wasAltered) return { kind: "broken_promise", what: "content is handed on that the caller did not send" };
      const logged = log.take();
      const echo = echoIn(logged);
      if (echo !== undefined) return echo;
      if (logged.some((line) => line.includes("transfer.fault"))) return { kind: "crash", what: "a transfer threw" };
      return end;
    },
    async settle(): Promise<Fault | undefined> {
      if (budget.reservedBytes > 0) return { kind: "leak", what: "a reservation is not given back" };
      const plain = { open: JSON.stringify(openRequest("")), changes: [] };
      for (let time = 0; time < MAX_PLAIN_TRANSFERS; time += 1)
        if ((await play(caller, plain)) === "accepted") return undefined;
      return { kind: "broken_promise", what: "no transfer is taken any more" };
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function openRequest(replyTo: string): object {
  return { version: TRANSFER_VERSION, size_bytes: CONTENT.length, reply_to: replyTo };
}

function planOf(random: Random): Plan {
  const request = JSON.stringify(openRequest(""));
  const other = {
    ...openRequest(""),
    size_bytes: random.one([0, 1, -1, 2 ** 53, CONTENT.length - 1, CONTENT.length + 1]),
  };
  const open = random.percent(75)
    ? request
    : random.one([JSON.stringify(other), "{", "null", request.replace("1", "2"), JSON.stringify({ x: CANARY })]);
  const changes = Array.from({ length: random.whole(0, 4) }, () => ({
    change: random.one(CHANGES),
    at: random.whole(0, 60),
    byte: random.whole(0, 255),
  }));
  return { open, changes };
}

/** Goes through one transfer, as far as the instance goes along, to its receipt or a refusal; or to no end. */
async function play(caller: NatsConnection, { open, changes }: Plan): Promise<Taken | "none"> {
  const inbox = createInbox(inboxPrefix("ingest-documents"));
  const inbound = caller.subscribe(inbox);
  const over = Promise.withResolvers<Taken | "none">();
  const overdue = setTimeout(() => over.resolve("none"), DEFAULT_LIMIT_MS);
  void (async () => {
    for await (const { data } of inbound) {
      const frame = parseFrame(data);
      if (frame === undefined || frame.kind === "abort") over.resolve("refused");
      // Its last chunk is the receipt.
      if (frame?.kind === "chunk" && frame.last) over.resolve("accepted");
    }
  })();
  try {
    const request = open.replace('"reply_to":""', `"reply_to":"${inbox}"`);
    const answer = await askToOpen(caller, request);
    if (answer === undefined) return "none";
    const opened = openReplySchema.parse(answer.json());
    if (opened.answer !== "granted") return "refused";
    const context = `extractor ${opened.transfer_id}`;
    const { encapsulated, keys } = await encapsulateTo(Buffer.from(opened.public_key, "base64url"), context);
    using sealing = keys;
    const sealer = sealing.sealer("request");
    const frames = [beginFrame(encapsulated), sealer.seal([encodeMetadata({ name: "fuzz" })], false, chunkHead(false))];
    for (let at = 0; at < CONTENT.length; at += CHUNK_BYTES) {
      const last = at + CHUNK_BYTES >= CONTENT.length;
      frames.push(sealer.seal([CONTENT.subarray(at, at + CHUNK_BYTES)], last, chunkHead(last)));
    }
    const subject = transferFramesSubject("extractor", opened.transfer_id);
    for (const frame of changed(frames, changes)) caller.publish(subject, frame, { reply: inbox });
    return await over.promise;
  } finally {
    clearTimeout(overdue);
    inbound.unsubscribe();
  }
}

/** Undefined when nothing comes for as long as anything may take: no end of a transfer either, and no fault of the code. */
async function askToOpen(caller: NatsConnection, request: string): Promise<Msg | undefined> {
  try {
    return await caller.request(transferOpenSubject("extractor"), request, { timeout: DEFAULT_LIMIT_MS });
  } catch (error) {
    if (error instanceof NatsError && error.code === ErrorCode.Timeout) return undefined;
    throw error;
  }
}

function changed(sent: readonly Uint8Array[], changes: Plan["changes"]): readonly Uint8Array[] {
  const frames = sent.map((frame) => Buffer.from(frame));
  for (const { change, at: wished, byte } of changes) {
    const at = Math.abs(wished) % Math.max(1, frames.length);
    const frame = frames[at] ?? Buffer.alloc(0);
    const place = byte % Math.max(1, frame.length);
    switch (change) {
      case "drop":
        frames.splice(at, 1);
        break;
      case "double":
        frames.splice(at, 0, frame);
        break;
      case "exchange":
        frames.push(...frames.splice(at, 1));
        break;
      case "flip":
        frame[place] = (frame[place] ?? 0) ^ 0x40;
        break;
      case "cut":
        frames[at] = frame.subarray(0, place);
        break;
      case "lengthen":
        frames[at] = Buffer.concat([frame, Buffer.from(CANARY)]);
        break;
      case "noise":
        frames.splice(at, 0, Buffer.from([byte, ...Buffer.from(CANARY)]));
        break;
      case "credit":
        frames.splice(at, 0, Buffer.from(creditFrame(byte * 2 ** 16)));
        break;
      case "begin":
        frames.splice(at, 0, Buffer.from(beginFrame(Buffer.alloc(32, byte))));
        break;
      case "last":
        frame[0] = frame[0] === 0x03 ? 0x02 : 0x03;
        break;
      default:
        change satisfies never;
    }
  }
  return frames;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
