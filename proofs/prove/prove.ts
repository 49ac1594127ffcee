import { compareSpeeds } from "./compare-speeds.ts";
import { ControlProcess } from "./counterproof/control-process.ts";
import type { Measure } from "./counterproof/measures/measures.ts";
import { runWithoutEach } from "./counterproof/run-without.ts";
import { HardenedSystem } from "./hardened-system.ts";
import { PLANS, type Plan, type PlanName } from "./plans.ts";
import { loadLine, type Proof, pathLine } from "./report.ts";
import type { PathResult } from "./run-paths.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { LoadResult } from "./watched-load.ts";

export interface ProveOptions {
  /** What the hardened system goes through, and the control. */
  readonly plan: PlanName;
  /** Which measures are taken away, each by itself. */
  readonly without: readonly Measure[];
  say(line: string): void;
}

/**
 * The whole proof: that nothing is found, and that something would be. Loads need all of the machine. On its paths the hardened
 * system waits for half of the time: there the control goes on beside it in what processor time is left, because a look that
 * comes late shows less. The measures have their turn when both are through.
 */
export async function prove({ plan: name, without, say }: ProveOptions): Promise<Proof> {
  const startedAt = performance.now();
  const plan = PLANS[name];
  const stopwatch = new Stopwatch();
  await using systems = new AsyncDisposableStack();
  const mailsPerSecond = await stopwatch.time("timed loads", () => compareSpeeds(plan.timed));
  const hardened = systems.use(await stopwatch.time("start", () => HardenedSystem.start()));
  const loads = await stopwatch.time("loads", () => hardened.sendLoads(plan.loads, sayLoad(say)));
  const control = systems.use(ControlProcess.start(name));
  const paths = await stopwatch.time("paths", () => hardened.goPaths(plan.phases, sayRow(say)));
  const aftermath = await stopwatch.time("search elsewhere", () => hardened.afterwards());
  await hardened[Symbol.asyncDispose]();
  const { parts, ...controlled } = await stopwatch.time("waiting for the control", () => control.outcome());
  const measures = await stopwatch.time("measures", () => runWithoutEach(without, stopwatch));
  return {
    memory: { paths, loads, ...aftermath },
    control: controlled,
    measures,
    mailsPerSecond,
    parts: { ...stopwatch.parts, ...parts },
    durationMs: performance.now() - startedAt,
  };
}

/** Only that nothing is found on the paths of `plan`, without the counterproof. Names those that fail. */
export async function provePaths(plan: Plan, say: ProveOptions["say"]): Promise<readonly string[]> {
  await using hardened = await HardenedSystem.start();
  const paths = await hardened.goPaths(plan.phases, sayRow(say));
  return paths.flatMap(({ name, places, problem }) => {
    const isClean = Object.values(places).every((hits) => hits === 0);
    return isClean && problem === undefined ? [] : [name];
  });
}

function sayRow(say: ProveOptions["say"]): (results: readonly PathResult[]) => void {
  return (results) => {
    for (const result of results) {
      say(pathLine(result));
      for (const { form, where, around } of result.samples.slice(0, SAMPLES_SHOWN))
        say(`    ${form}, ${where}: ${around}`);
    }
  };
}

function sayLoad(say: ProveOptions["say"]): (result: LoadResult) => void {
  return (result) => say(loadLine(result));
}

/** Of each path: canaries are made up, and where they lie shows why. */
const SAMPLES_SHOWN = 3;
