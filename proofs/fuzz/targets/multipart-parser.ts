import { createHash } from "node:crypto";
import { readParts } from "../../../services/ingest/receive/multipart/testing/read-parts.ts";
import { randomOf } from "../../crash/plan/random.ts";
import { BYTE_MUTATORS, insertWords, spliceWith } from "../mutate/bytes.ts";
import { LINE_MUTATORS } from "../mutate/lines.ts";
import { MULTIPART_MUTATORS } from "../mutate/multipart.ts";
import { fixed, mutated } from "../mutate/mutator.ts";
import type { Target } from "../target.ts";
import { readCorpus } from "./corpus.ts";
import { MAIL_SEEDS } from "./mail-seeds.ts";

/** No body is cut into more chunks, so that what is measured is the parser. */
const MAX_CHUNKS = 400;

/** The multipart parser alone: whatever the chunks, the same parts; and nothing but its own error is thrown. */
export const MULTIPART_PARSER: Target = {
  name: "multipart-parser",
  runs: "the parser of ingest, called directly",
  share: 170,
  atOnce: 1,
  async open({ corpora }) {
    const seeds = [...MAIL_SEEDS, ...(await readCorpus(corpora, "multipart")).map(fixed)];
    const mutators = [
      ...MULTIPART_MUTATORS,
      ...BYTE_MUTATORS,
      ...LINE_MUTATORS,
      spliceWith(seeds),
      insertWords(["\r\n--xYzZY", "--xYzZY--", "\r\n\r\n", "\r", "\n"]),
    ];
    return {
      make: (random) => mutated(seeds, mutators, random),
      async give(body) {
        const boundary = /^\r?\n?--([^\r\n]{1,70})/.exec(body.subarray(0, 80).toString("latin1"))?.[1]?.trimEnd();
        const options = { boundary: boundary === undefined || boundary === "" ? "xYzZY" : boundary };
        const read = readParts(body, () => body.length, options);
        const chances = randomOf(body.length);
        const most = Math.max(2, Math.ceil((2 * body.length) / MAX_CHUNKS));
        const inChunks = outcomeOf(readParts(body, () => chances.whole(1, most), options));
        if (outcomeOf(read) !== inChunks)
          return { kind: "broken_promise", what: "a body in chunks is read otherwise than in one piece" };
        return read.fault === undefined && read.parts.length > 0 ? "accepted" : "refused";
      },
      async [Symbol.asyncDispose]() {},
    };
  },
};

/** Of a body that is damaged, only that it is: how much of its last part had come depends on the chunks. */
function outcomeOf({ parts, fault }: ReturnType<typeof readParts>): string {
  const hash = createHash("sha256").update(String(fault));
  if (fault !== undefined) return hash.digest("hex");
  for (const { name, filename, contentType, content } of parts) {
    hash.update(JSON.stringify([name, filename, contentType])).update(content);
  }
  return hash.digest("hex");
}
