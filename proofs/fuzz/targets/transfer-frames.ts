import { extractOutcomeSchema, extractRequestSchema, openReplySchema, openRequestSchema } from "@flowstate/contracts";
import { createRecipientKey, encapsulateTo, type TransferKeys } from "@flowstate/ghost";
import { beginFrame, chunkHead, creditFrame, parseFrame } from "../../../libs/messaging/transfer/frame.ts";
import { decodeMetadata, encodeMetadata } from "../../../libs/messaging/transfer/metadata.ts";
import { ReplyCollector } from "../../../libs/messaging/transfer/reply-collector.ts";
import { TransferError } from "../../../libs/messaging/transfer/transfer-error.ts";
import { CANARY, holdsCanary } from "../checks/canary.ts";
import { BYTE_MUTATORS } from "../mutate/bytes.ts";
import { JSON_MUTATORS } from "../mutate/json.ts";
import { fixed, mutated } from "../mutate/mutator.ts";
import type { Fault, Taken, Target } from "../target.ts";

const MAX_METADATA_BYTES = 16 * 1024;
const PLAINTEXT = Buffer.from(`content ${CANARY}`);

const FRAMES = [
  beginFrame(Buffer.alloc(32, 7)),
  creditFrame(16),
  Uint8Array.of(0x05),
  Uint8Array.of(0x06),
  Buffer.concat([chunkHead(true), Buffer.from("cipher text"), Buffer.alloc(16)]),
];
const METADATA = [
  { version: 1, size_bytes: 20, reply_to: "_INBOX_ingest.abc.def" },
  { answer: "granted", transfer_id: "0".repeat(32), public_key: "AAAA", chunk_bytes: 262_144, window: 16 },
  { outcome: { result: "extracted", provider: "e-invoice", page_count: 1 }, content_bytes: 10, outside_ms: 3 },
  { wiped_bytes: 12 },
  { document_id: "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02", tenant_id: "acme", name: CANARY },
].map(encodeMetadata);

/** What a peer may send, as bytes: frames, metadata, sealed chunks. Each is taken, or ends its transfer, and nothing else. */
export const TRANSFER_FRAMES: Target = {
  name: "transfer-frames",
  runs: "decoders of frames, metadata and sealed chunks, called directly",
  share: 62,
  atOnce: 1,
  async open() {
    const { sealed, keys } = await sealedChunk();
    const frames = [...FRAMES, Buffer.concat([chunkHead(true), sealed])].map(fixed);
    const metadata = METADATA.map(fixed);
    return {
      make: (random) =>
        random.percent(50)
          ? mutated(frames, BYTE_MUTATORS, random)
          : mutated(metadata, [...JSON_MUTATORS, ...BYTE_MUTATORS], random),
      give: async (bytes) => faultOfFrame(bytes, sealed, keys) ?? takenAsMetadata(bytes),
      async [Symbol.asyncDispose]() {
        keys[Symbol.dispose]();
      },
    };
  },
};

/** A chunk as a caller seals it, and the keys of the other side. */
async function sealedChunk(): Promise<{ sealed: Buffer; keys: TransferKeys }> {
  const recipient = await createRecipientKey("fuzz");
  const { encapsulated, keys: own } = await encapsulateTo(recipient.publicKey, "fuzz");
  using caller = own;
  const keys = await recipient.accept(encapsulated);
  return { sealed: caller.sealer("request").seal([PLAINTEXT], true), keys };
}

function faultOfFrame(bytes: Buffer, sealed: Buffer, keys: TransferKeys): Fault | undefined {
  const frame = parseFrame(bytes);
  if (frame?.kind !== "chunk") return undefined;
  const opened = keys.opener("request").open(frame.sealed, frame.last);
  const isGenuine = frame.last && sealed.equals(frame.sealed);
  if ((opened !== undefined) === isGenuine) return undefined;
  return { kind: "broken_promise", what: "a chunk is opened that nobody sealed, or a sealed one is not" };
}

/** What is accepted says what some of the schemas ask for, or is a frame. */
function takenAsMetadata(bytes: Buffer): Taken | Fault {
  const schemas = [openRequestSchema, openReplySchema, extractRequestSchema, extractOutcomeSchema];
  const attempts = [
    ...schemas.map((schema) => () => void decodeMetadata<unknown>(schema, bytes, MAX_METADATA_BYTES)),
    () => void new ReplyCollector(extractOutcomeSchema).take(bytes, { index: 0, last: false }),
  ];
  let taken: Taken = parseFrame(bytes) === undefined ? "refused" : "accepted";
  for (const attempt of attempts) {
    try {
      attempt();
      taken = "accepted";
    } catch (error) {
      if (!(error instanceof TransferError))
        return { kind: "crash", what: "a decoder throws what is no TransferError" };
      if (holdsCanary(error.message)) return { kind: "echo", what: "an error says what was sent" };
    }
  }
  return taken;
}
