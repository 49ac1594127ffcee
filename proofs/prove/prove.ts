import type { Measure } from "./measures/measures.ts";
import { type Plan, proveMemory, type Voice } from "./prove-memory.ts";
import { runControl, runWithout } from "./prove-proof.ts";
import { loadLine, type Proof, pathLine } from "./report.ts";
import { Stopwatch } from "./stopwatch.ts";

export interface ProveOptions {
  /** What the hardened system goes through, and the control. */
  readonly plan: Plan;
  /** Which measures are taken away, one at a time. */
  readonly without: readonly Measure[];
  say(line: string): void;
}

/** The whole proof: that nothing is found, and that something would be. */
export async function prove({ plan, without, say }: ProveOptions): Promise<Proof> {
  const startedAt = performance.now();
  const stopwatch = new Stopwatch();
  const memory = await proveMemory(plan, voiceOf(say), stopwatch);
  const timed = Promise.withResolvers<void>();
  const controlling = runControl(plan, stopwatch, timed.resolve);
  // Most of the paths is waiting, so that the rest of the proof has the time for itself.
  await Promise.race([timed.promise, controlling]);
  const measures: Record<string, number> = {};
  for (const measure of without)
    measures[measure.name] = await stopwatch.time("without a measure each", () => runWithout(measure));
  return {
    memory,
    control: await controlling,
    measures,
    parts: stopwatch.parts,
    durationMs: performance.now() - startedAt,
  };
}

/** Only that nothing is found on the paths of `plan`: neither the control nor the proof without each measure. */
export async function provePaths({ plan, say }: Pick<ProveOptions, "plan" | "say">): Promise<readonly string[]> {
  const { paths } = await proveMemory(plan, voiceOf(say), new Stopwatch());
  return paths.flatMap(({ name, places, problem }) => {
    const isClean = Object.values(places).every((hits) => hits === 0);
    return isClean && problem === undefined ? [] : [name];
  });
}

function voiceOf(say: ProveOptions["say"]): Voice {
  return {
    path: (result) => {
      say(pathLine(result));
      for (const { form, where, around } of result.samples.slice(0, SAMPLES_SHOWN))
        say(`    ${form}, ${where}: ${around}`);
    },
    load: (result) => say(loadLine(result)),
  };
}

/** Of each path: canaries are made up, and where they lie shows why. */
const SAMPLES_SHOWN = 3;
