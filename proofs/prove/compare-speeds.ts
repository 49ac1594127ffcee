import { startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { HARDENED, WITHOUT_ANY } from "./counterproof/measures/measures.ts";
import { type Load, runLoad } from "./load.ts";
import { SETTINGS_FOR_LOADS } from "./paths/all-paths.ts";
import type { Plan } from "./plans.ts";

/** Mails per second. */
export interface Speeds {
  /** Of the system as in production. */
  readonly on: number;
  /** Of the same system as an ordinary Node service. */
  readonly off: number;
}

/** Code that has run a few times runs faster. */
const WARMING_MAILS = 16;

/**
 * The same load, sent to both systems in turn. They are systems of their own, which nobody traces, searches or asks for their
 * audit: what the proof costs is no cost of the measures.
 */
export async function compareSpeeds({ rounds, ...load }: Plan["timed"]): Promise<Speeds> {
  await using hardened = await startBench(HARDENED, SETTINGS_FOR_LOADS);
  await using ordinary = await startBench(WITHOUT_ANY, SETTINGS_FOR_LOADS);
  const mark = newMark();
  const send = async (bench: typeof hardened, { mails }: Pick<Load, "mails">) =>
    (await runLoad(bench, mark, { ...load, mails })).mailsPerSecond;
  const warming = { mails: Math.min(load.mails, WARMING_MAILS) };
  await send(hardened, warming);
  await send(ordinary, warming);
  const on: number[] = [];
  const off: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    on.push(await send(hardened, load));
    off.push(await send(ordinary, load));
  }
  return { on: harmonicMean(on), off: harmonicMean(off) };
}

/** Of rates: all mails by all of their time. */
function harmonicMean(rates: readonly number[]): number {
  return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);
}
