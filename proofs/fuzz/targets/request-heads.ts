import { API_KEY } from "../../../services/ingest/testing/ingest-rig.ts";
import type { Random } from "../../crash/plan/random.ts";
import { BYTE_MUTATORS, spliceWith } from "../mutate/bytes.ts";
import { HEAD_MUTATORS, SOCKET_MUTATORS } from "../mutate/http.ts";
import { LINE_MUTATORS } from "../mutate/lines.ts";
import { type Mutator, mutated, type Seed } from "../mutate/mutator.ts";
import type { OpenTarget, Target, TargetSurroundings } from "../target.ts";
import { requestOf } from "./api-parameters.ts";
import { openAuditDoor } from "./audit-door.ts";
import { exchange } from "./exchange.ts";
import { IngestDoor } from "./ingest-door.ts";
import { MAIL_SEEDS } from "./mail-seeds.ts";

/** How long a client that goes late waits without a word, before it closes its own side. */
const PATIENCE_MS = 300;
const GIVE_UP_MS = 4_000;

/** The line before the bytes: which door, how they are written, how the client leaves. */
const WAYS = ["ingest half", "audit half"];
const RAW_WAYS = [
  "ingest half",
  "audit half",
  "ingest half 1 1",
  "audit half 1 1",
  "ingest half 17 2",
  "audit half 3 1",
  "ingest late",
  "audit late",
  "ingest reset",
  "audit reset",
  "ingest reset 40 1",
];
/** However small the pieces are, no client takes longer than this to send. */
const MAX_WRITES = 60;

function mailRequest(random: Random): Buffer {
  const body = random.one(MAIL_SEEDS)(random);
  const isChunked = random.percent(30);
  const head = [
    "POST /webhooks/sendgrid HTTP/1.1",
    "Host: ingest",
    `X-API-Key: ${API_KEY}`,
    "Content-Type: multipart/form-data; boundary=xYzZY",
    isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`,
  ];
  const sent = isChunked
    ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")])
    : body;
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), sent]);
}

const SEEDS: readonly Seed[] = [
  mailRequest,
  (random) => Buffer.from(requestOf(random), "latin1"),
  () => Buffer.from("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
  () => Buffer.from("GET /readyz HTTP/1.0\r\n\r\n"),
  () => Buffer.from("GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
];

/** Requests whose heads are not what they are. */
export const REQUEST_HEADS: Target = {
  name: "headers",
  runs: "ingest and audit in process behind their HTTP servers, real broker and PostgreSQL",
  share: 30,
  atOnce: 8,
  open: (surroundings) => openDoors(surroundings, WAYS, [...HEAD_MUTATORS, ...HEAD_MUTATORS, ...LINE_MUTATORS]),
};

/** Bytes on a socket: malformed, cut off, one request behind the other, written a few at a time, abandoned. */
export const RAW_SOCKETS: Target = {
  name: "sockets",
  runs: "as headers",
  share: 30,
  atOnce: 16,
  open: (surroundings) =>
    openDoors(surroundings, RAW_WAYS, [...SOCKET_MUTATORS, ...BYTE_MUTATORS, ...LINE_MUTATORS, spliceWith(SEEDS)]),
};

async function openDoors(
  { database }: TargetSurroundings,
  ways: readonly string[],
  mutators: readonly Mutator[],
): Promise<OpenTarget> {
  await using opening = new AsyncDisposableStack();
  const ingest = opening.use(await IngestDoor.open());
  const audit = opening.use(await openAuditDoor(database));
  const parts = opening.move();
  return {
    make: (random) => Buffer.concat([Buffer.from(`${random.one(ways)}\n`), mutated(SEEDS, mutators, random)]),
    async give(input) {
      const line = input.indexOf("\n");
      const [door, leaving, pieceBytes, pauseMs] = input.subarray(0, Math.max(0, line)).toString("latin1").split(" ");
      const bytes = input.subarray(line + 1);
      const { port } = door === "audit" ? audit : ingest;
      const given = await exchange({
        port,
        bytes,
        cuts: cutsOf(bytes, Number(pieceBytes)),
        pauseMs: Number(pauseMs ?? 0),
        close: leaving === "reset" ? "reset" : "half",
        closeAfterMs: leaving === "late" ? PATIENCE_MS : 0,
        limitMs: GIVE_UP_MS,
      });
      // Of whoever resets, nothing is seen here: that nothing stays under way for them shows when it settles.
      return door === "audit" ? audit.check(given) : ingest.check(given);
    },
    settle: async () => (await ingest.settle()) ?? (await audit.settle()),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function cutsOf(bytes: Buffer, pieceBytes: number): readonly number[] {
  if (!(pieceBytes > 0)) return [];
  const size = Math.max(pieceBytes, Math.ceil(bytes.length / MAX_WRITES));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => (n + 1) * size);
}
