import type { Bench } from "../bench/bench.ts";
import { newMark, Planter } from "../canaries/canary.ts";
import { AFTER_ANSWER_MS, type Answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";
import { untilAsked } from "./until.ts";

/** The mail that an ERP of the proof thinks about, and what ends its thinking. */
interface UnderWay {
  readonly answer: Promise<Answered>;
  thought(): void;
}

const underWay = new WeakMap<Bench, UnderWay>();

/**
 * The document is wiped in ingest and in the extractor as soon as its extraction exists, before it is pushed: an ERP that
 * takes its time keeps nobody's document in memory. Searched for while it does. What the model stated is still needed then,
 * so it carries the canaries of another run.
 */
export const IN_FLIGHT: ExitPath = {
  name: "the document, while the ERP thinks",
  expects: { status: "none" },
  graceMs: AFTER_ANSWER_MS,
  async run(bench, planter) {
    bench.plantsFor(new Planter(newMark(), 0));
    const asked = bench.stack.erp.attempts;
    const thought = Promise.withResolvers<void>();
    bench.stack.erp.script({ delayHeaders: thought.promise });
    underWay.set(bench, { answer: post(canaryMail(bench, planter)), thought: thought.resolve });
    await untilAsked(bench.stack.erp, asked);
    return NO_ANSWER;
  },
  async mend(bench) {
    const mail = underWay.get(bench);
    mail?.thought();
    await mail?.answer;
  },
};
