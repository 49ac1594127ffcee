import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench/bench.ts";
import { canaryFacts, printedPdf } from "../canaries/canary-documents.ts";
import { hangUpBehind } from "./broken-off.ts";
import { timesSaid, untilWorking } from "./disturb.ts";
import { answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { lost } from "./lost.ts";
import { canaryMail, post } from "./send.ts";
import { until, untilAsked } from "./until.ts";

/** Ten times as long as what the extractor looks through without a thread of its own for it. */
const PAGES = 100;
/** Several times as many as are finished between the model's answers and the deadline, up to what a mail may hold. */
const DOCUMENTS = Math.min(4 * navigator.hardwareConcurrency, 16);
/** Half of what the mail has: all are parsed by then. */
const THINKS_MS = 2_000;
/** A thread has begun, and its work takes several times as long. */
const FINISHING_CPU_MS = 50;

/** What is finished in a thread of its own, because its pages are long. */
export const FINISHED_APART: ExitPath = answered(
  "delivered, finished in a thread of its own",
  200,
  "delivered",
  (bench, planter) => post(canaryMail(bench, planter, [printedPdf(planter, PAGES)])),
);

/** What happens while such a thread works. */
export const FINISHING: readonly ExitPath[] = [
  answered(
    "the deadline passes while documents are finished",
    503,
    "deadline_exceeded",
    async (bench, planter) => {
      const thought = sleep(THINKS_MS);
      const documents = Array.from({ length: DOCUMENTS }, () => printedPdf(planter, PAGES));
      bench.gemini.script(...documents.map(() => ({ delayHeaders: thought, facts: canaryFacts(planter) })));
      const answer = await post(canaryMail(bench, planter, documents));
      bench.gemini.behave();
      return answer;
    },
    // Where the deadline has passed while the model thought, so many failed in a row that it is left alone.
    async (bench, planter) => {
      if ((await post(canaryMail(bench, planter))).status !== 200) await bench.restart("extractor");
    },
  ),
  {
    ...answered("client gone while the document is finished", 200, "delivered", async (bench, planter) => {
      const ended = async () => (await timesSaid(bench, "delivered")) + (await timesSaid(bench, "deadline_exceeded"));
      const before = await ended();
      const asked = bench.gemini.attempts;
      const mail = canaryMail(bench, planter, [printedPdf(planter, PAGES)]);
      await hangUpBehind(bench, mail, () => untilFinishing(bench, asked));
      // The work goes on without its sender: what it leaves is looked for behind its end.
      await until("the document came to an end", async () => (await ended()) > before);
      return NO_ANSWER;
    }),
    expects: { status: "none", says: "delivered" },
  },
  lost("ingest is killed while the document is finished", "none", async (bench, planter) => {
    const asked = bench.gemini.attempts;
    const answer = post(canaryMail(bench, planter, [printedPdf(planter, PAGES)]));
    await untilFinishing(bench, asked);
    await bench.stack.services.ingest.kill();
    return await answer;
  }),
];

/** The model answers at once, and then the extractor works on one thing only. */
async function untilFinishing(bench: Bench, asked: number): Promise<void> {
  await untilAsked(bench.gemini, asked);
  await untilWorking(bench, FINISHING_CPU_MS);
}
