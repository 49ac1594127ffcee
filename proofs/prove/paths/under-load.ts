import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench/bench.ts";
import { newMark, Planter } from "../canaries/canary.ts";
import { eInvoice, namingPdf, scannedPdf } from "../canaries/canary-documents.ts";
import { beginMail } from "./arriving-mail.ts";
import type { ExitPath } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

/** How long anything may stay of a mail that was answered, while others keep coming: what is promised of steady load. */
export const UNDER_LOAD_MS = 2_000;

const LANES = 2;
/** By then what is scrubbed is scrubbed at the pace of steady load. */
const STEADY_MS = 4_000;
const LINES = 400;
/** So much larger than the others' documents that what its thread leaves lies where theirs write nothing. */
const SCAN_BYTES = 1_000_000;

/** The mails that keep coming, whose they are, and what ends them and waits for their answers. */
interface OtherMails {
  readonly planter: Planter;
  end(): Promise<void>;
}

/** Of a bench, while they do. */
const otherMails = new WeakMap<Bench, OtherMails>();

/**
 * As long as mails keep coming nothing settles. What died young is cleared from scrub to scrub, what grew old only because
 * somebody has told of it; the pages of a thread that has read a document are handed to the next as that thread left them. The
 * others' canaries are of another run.
 */
export const UNDER_LOAD: readonly ExitPath[] = [
  amongOthers("delivered, while other mails keep coming", async (bench, planter) =>
    post(canaryMail(bench, planter, [await eInvoice(planter, LINES)])),
  ),
  amongOthers("delivered, a large scan while other mails keep coming", (bench, planter) =>
    post(canaryMail(bench, planter, [scannedPdf(planter, SCAN_BYTES)])),
  ),
  amongOthers("delivered, with names of its own while other mails keep coming", (bench, planter) =>
    post(canaryMail(bench, planter, [namingPdf(planter)])),
  ),
  // What is told of its parts is kept from scrub to scrub, and grows old.
  amongOthers("delivered, slow to arrive while other mails keep coming", async (bench, planter) => {
    const mail = beginMail(bench, planter);
    await mail.hasBegun;
    await sleep(STEADY_MS);
    mail.goOn();
    return await mail.answer;
  }),
];

function amongOthers(name: string, run: ExitPath["run"]): ExitPath {
  return {
    name,
    expects: { status: 200, says: "delivered" },
    graceMs: UNDER_LOAD_MS,
    async run(bench, planter) {
      const begun = otherMails.get(bench);
      const others = begun ?? keepComing(bench);
      // What the model states is of the others, or each of theirs would bring canaries of this one.
      bench.plantsFor(others.planter);
      if (begun === undefined) {
        otherMails.set(bench, others);
        await sleep(STEADY_MS);
      }
      return await run(bench, planter);
    },
    async mend(bench) {
      await otherMails.get(bench)?.end();
      otherMails.delete(bench);
    },
  };
}

/** Sends one mail after another in each lane, until it is ended. */
function keepComing(bench: Bench): OtherMails {
  const planter = new Planter(newMark(), 0);
  let isOver = false;
  const lane = async () => {
    while (!isOver) await post(canaryMail(bench, planter));
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  return {
    planter,
    async end() {
      isOver = true;
      await lanes;
    },
  };
}
