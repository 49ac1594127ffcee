import { ControlSystem } from "./control-system.ts";
import { HardenedSystem } from "./hardened-system.ts";
import type { Measure } from "./measures/measures.ts";
import type { Plan } from "./plans.ts";
import { loadLine, type Proof, pathLine } from "./report.ts";
import type { PathResult } from "./run-paths.ts";
import { runWithout } from "./run-without.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { LoadResult } from "./watched-load.ts";

export interface ProveOptions {
  /** What the hardened system goes through, and the control. */
  readonly plan: Plan;
  /** Which measures are taken away, one at a time. */
  readonly without: readonly Measure[];
  say(line: string): void;
}

/**
 * The whole proof: that nothing is found, and that something would be. The hardened system has the machine for itself, because a
 * look that comes late shows less; then the control's part and the measures, one behind the other, go on side by side.
 */
export async function prove({ plan, without, say }: ProveOptions): Promise<Proof> {
  const startedAt = performance.now();
  const stopwatch = new Stopwatch();
  await using systems = new AsyncDisposableStack();
  const [hardened, control] = await stopwatch.time("start", () =>
    Promise.all([
      HardenedSystem.start().then((it) => systems.use(it)),
      ControlSystem.start().then((it) => systems.use(it)),
    ]),
  );
  const on = await stopwatch.time("timed load", () => hardened.sendTimed(plan.timed));
  const off = await stopwatch.time("control: timed load", () => control.sendTimed(plan.timed));
  const paths = await stopwatch.time("paths", () => hardened.goPaths(plan.phases, sayRow(say)));
  const loads = await stopwatch.time("loads", () => hardened.sendLoads(plan.loads, sayLoad(say)));
  const aftermath = await stopwatch.time("search elsewhere", () => hardened.afterwards());
  await hardened[Symbol.asyncDispose]();
  const [controlHits, measures] = await Promise.all([
    controlHitsOf(control, plan, stopwatch),
    hitsWithout(without, stopwatch),
  ]);
  return {
    memory: { paths, loads, mailsPerSecond: on, ...aftermath },
    control: { hits: controlHits, mailsPerSecond: off },
    measures,
    parts: stopwatch.parts,
    durationMs: performance.now() - startedAt,
  };
}

/** Only that nothing is found on the paths of `plan`: neither the control nor the proof without each measure. Names those that fail. */
export async function provePaths({ plan, say }: Pick<ProveOptions, "plan" | "say">): Promise<readonly string[]> {
  await using hardened = await HardenedSystem.start();
  const paths = await hardened.goPaths(plan.phases, sayRow(say));
  return paths.flatMap(({ name, places, problem }) => {
    const isClean = Object.values(places).every((hits) => hits === 0);
    return isClean && problem === undefined ? [] : [name];
  });
}

async function controlHitsOf(control: ControlSystem, { phases, loads }: Plan, stopwatch: Stopwatch): Promise<number> {
  const underLoads = await stopwatch.time("control: loads", () => control.hitsAfterLoads(loads));
  return underLoads + (await stopwatch.time("control: paths", () => control.hitsAfterPaths(phases)));
}

async function hitsWithout(
  measures: readonly Measure[],
  stopwatch: Stopwatch,
): Promise<Readonly<Record<string, number>>> {
  const hits: Record<string, number> = {};
  for (const measure of measures)
    hits[measure.name] = await stopwatch.time(`without ${measure.name}`, () => runWithout(measure));
  return hits;
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
