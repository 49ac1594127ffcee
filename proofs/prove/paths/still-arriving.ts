import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench/bench.ts";
import { newMark, Planter } from "../canaries/canary.ts";
import { beginMail } from "./arriving-mail.ts";
import { AFTER_ANSWER_MS, type ExitPath } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

const NEIGHBOURS = 6;
/** What a mail leaves is cleared by then, and what stays has grown old. */
const SCRUBBED_MS = 500;
const SCRUBS = 2;

/** Ends the other mails of a bench. */
const leaving = new WeakMap<Bench, AbortController>();

/**
 * What is told of a mail's parts by name lives as long as the mail arrives. Among what others keep it grows old with them, on
 * pages that are not given up when it dies: they are full of what lives. So other mails, of another run's canaries, are
 * still arriving while this one is delivered, and when memory is searched.
 */
export const STILL_ARRIVING: ExitPath = {
  name: "delivered, read while others are still arriving",
  expects: { status: 200, says: "delivered" },
  graceMs: AFTER_ANSWER_MS,
  async run(bench, planter) {
    const others = new AbortController();
    leaving.set(bench, others);
    const neighbours = Array.from({ length: NEIGHBOURS }, () =>
      beginMail(bench, new Planter(newMark(), 0), others.signal),
    );
    const own = beginMail(bench, planter);
    await Promise.all([own, ...neighbours].map(({ hasBegun }) => hasBegun));
    for (let scrub = 0; scrub < SCRUBS; scrub += 1) {
      await post(canaryMail(bench, planter));
      await sleep(SCRUBBED_MS);
    }
    own.goOn();
    return await own.answer;
  },
  async mend(bench) {
    leaving.get(bench)?.abort();
  },
};
