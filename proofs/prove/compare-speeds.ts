import { setTimeout as sleep } from "node:timers/promises";
import { startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { HARDENED, WITHOUT_ANY } from "./counterproof/measures/measures.ts";
import { unhardenedIn } from "./hardening.ts";
import { runLoad } from "./load.ts";
import { SETTINGS_FOR_LOADS } from "./paths/all-paths.ts";
import type { Plan } from "./plans.ts";

/** Mails per second. */
export interface Speeds {
  /** Of the system as in production. */
  readonly on: number;
  /** Of the same system as an ordinary Node service. */
  readonly off: number;
  /** What the services with the measures said of one that does not hold. */
  readonly unhardened: readonly string[];
}

/** Code that has run a few times runs faster. */
const WARMING_MAILS = 16;
/** What a system still has to do behind its last answer is over by then, and is no other's cost. */
const SETTLED_MS = 1_500;

/**
 * The same load, sent to both systems in turn, each first in every other round. They are systems of their own, which nobody
 * traces, searches or asks for their audit: what the proof costs is no cost of the measures.
 */
export async function compareSpeeds({ rounds, ...load }: Plan["timed"]): Promise<Speeds> {
  await using hardened = await startBench(HARDENED, SETTINGS_FOR_LOADS);
  await using ordinary = await startBench(WITHOUT_ANY, SETTINGS_FOR_LOADS);
  const mark = newMark();
  const sides = [
    { bench: hardened, rates: [] as number[] },
    { bench: ordinary, rates: [] as number[] },
  ] as const;
  for (const { bench } of sides) await runLoad(bench, mark, { ...load, mails: Math.min(load.mails, WARMING_MAILS) });
  for (let round = 0; round < rounds; round += 1) {
    for (const { bench, rates } of round % 2 === 0 ? sides : sides.toReversed()) {
      await sleep(SETTLED_MS);
      rates.push((await runLoad(bench, mark, load)).mailsPerSecond);
    }
  }
  const [on, off] = sides;
  return {
    on: harmonicMean(on.rates),
    off: harmonicMean(off.rates),
    unhardened: unhardenedIn(await hardened.stack.logs()),
  };
}

/** Of rates: all mails by all of their time. */
function harmonicMean(rates: readonly number[]): number {
  return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);
}
