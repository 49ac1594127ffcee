import { BYTE_MUTATORS, insertWords, spliceWith } from "../mutate/bytes.ts";
import { LINE_MUTATORS } from "../mutate/lines.ts";
import { MULTIPART_MUTATORS } from "../mutate/multipart.ts";
import { balanced, fixed, type Mutator, mutated, type Seed } from "../mutate/mutator.ts";
import type { Target } from "../target.ts";
import { readCorpus } from "./corpus.ts";
import { IngestDoor } from "./ingest-door.ts";
import { inRawMode, MAIL_SEEDS, messageSeed, TENANT_ADDRESS } from "./mail-seeds.ts";

/** Bodies that are posted to the webhook: SendGrid's default mode, its raw mode, and what others call multipart. */
export const MULTIPART_BODIES: Target = {
  name: "multipart",
  runs: "ingest in process behind its HTTP server, real broker, sealed transfers to scripted services",
  share: 80,
  atOnce: 8,
  async open({ corpora }) {
    const found = (await readCorpus(corpora, "multipart")).map(toTenant).map(fixed);
    const seeds = balanced(MAIL_SEEDS, found);
    return openWith(seeds, [
      ...MULTIPART_MUTATORS,
      ...MULTIPART_MUTATORS,
      ...BYTE_MUTATORS,
      ...LINE_MUTATORS,
      spliceWith(seeds),
    ]);
  },
};

/** The same, with the whole message in one field. */
export const RAW_MODE: Target = {
  name: "raw-mode",
  runs: "as multipart",
  share: 40,
  atOnce: 8,
  async open({ corpora }) {
    const messages = balanced([messageSeed], (await readCorpus(corpora, "message")).map(fixed));
    const of =
      (seed: Seed): Seed =>
      (random) =>
        inRawMode(seed(random));
    const seeds = messages.map(of);
    return openWith(seeds, [
      ...LINE_MUTATORS,
      ...LINE_MUTATORS,
      ...BYTE_MUTATORS,
      ...MULTIPART_MUTATORS,
      spliceWith(seeds),
    ]);
  },
};

const DELIMITERS = ["\r\n--xYzZY\r\n", "\r\n--xYzZY--\r\n", "--xYzZY", "\r\n--xYzZY \t\r\n", "\r\n--xYzZ", "\r\n\r\n"];

async function openWith(seeds: readonly Seed[], mutators: readonly Mutator[]) {
  const door = await IngestDoor.open();
  const all = [...mutators, insertWords(DELIMITERS)];
  return {
    make: (random) => mutated(seeds, all, random),
    give: (body) => door.post("/webhooks/sendgrid", `multipart/form-data; boundary=${boundaryOf(body)}`, body),
    settle: () => door.settle(),
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  } satisfies Awaited<ReturnType<Target["open"]>>;
}

/** A mail that somebody else was sent, sent to us. */
function toTenant(body: Buffer): Buffer {
  const envelope = /(name="envelope"\r\n\r\n\{"to":)\[[^\]]*\]/;
  return Buffer.from(body.toString("latin1").replace(envelope, `$1["${TENANT_ADDRESS}"]`), "latin1");
}

/** What the body itself calls its boundary, if it can be one; SendGrid's otherwise. */
function boundaryOf(body: Buffer): string {
  return /^--([\w'()+,./:=?-]{1,70})\r\n/.exec(body.subarray(0, 80).toString("latin1"))?.[1] ?? "xYzZY";
}
