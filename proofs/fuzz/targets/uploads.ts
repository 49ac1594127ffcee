import { CANARY } from "../checks/canary.ts";
import { BYTE_MUTATORS } from "../mutate/bytes.ts";
import { MULTIPART_MUTATORS } from "../mutate/multipart.ts";
import { type Mutator, mutated, type Seed } from "../mutate/mutator.ts";
import type { Target } from "../target.ts";
import { IngestDoor } from "./ingest-door.ts";
import { MAIL_SEEDS } from "./mail-seeds.ts";

/** The line before the body: path and media type. */
const HEADS = [
  "/api/documents application/pdf",
  "/api/documents?deliver=response application/pdf",
  "/api/documents?deliver=erp application/pdf; x=y",
  "/api/documents?deliver=other application/pdf",
  "/api/documents?deliver=response multipart/form-data; boundary=xYzZY",
  "/api/documents multipart/form-data; boundary=xYzZY",
  "/api/documents multipart/form-data; boundary=",
  "/api/documents multipart/form-data; boundary=xYzZY; boundary=other",
  "/api/documents?__proto__=1 application/json",
  `/api/documents?deliver=${encodeURIComponent(CANARY)} text/plain`,
];

/** One file that calls itself a PDF, its bytes never the same: those of the same tenant are the same upload. */
const pdfSeed: Seed = (random) => Buffer.from(`%PDF-1.7\n% ${CANARY} ${random.whole(0, 2 ** 31 - 1)}\n%%EOF`);

/** `POST /api/documents`. An input is path and media type in its first line, then the body. */
export const UPLOADS: Target = {
  name: "uploads",
  runs: "as multipart",
  share: 20,
  atOnce: 8,
  async open() {
    const door = await IngestDoor.open();
    const seeds = [pdfSeed, pdfSeed, ...MAIL_SEEDS];
    const mutators: readonly Mutator[] = [...BYTE_MUTATORS, ...MULTIPART_MUTATORS];
    return {
      make: (random) => Buffer.concat([Buffer.from(`${random.one(HEADS)}\n`), mutated(seeds, mutators, random)]),
      give(input) {
        const line = input.indexOf("\n");
        const [path = "/", ...type] = input.subarray(0, Math.max(0, line)).toString("latin1").split(" ");
        return door.post(path === "" ? "/" : path, type.join(" "), input.subarray(line + 1));
      },
      settle: () => door.settle(),
      [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
    };
  },
};
