import { ControlProcess } from "./counterproof/control-process.ts";
import { ControlSystem } from "./counterproof/control-system.ts";
import type { Measure } from "./counterproof/measures/measures.ts";
import { runWithoutEach } from "./counterproof/run-without.ts";
import { HardenedSystem } from "./hardened-system.ts";
import { openedFiles } from "./opened-files/opened-files.ts";
import { PLANS, type Plan, type PlanName } from "./plans.ts";
import { loadLine, type Proof, pathLine, type Speeds } from "./report.ts";
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
  const hardened = systems.use(await stopwatch.time("start", () => HardenedSystem.start()));
  const mailsPerSecond = await stopwatch.time("timed loads", () => compareSpeed(hardened, plan.timed));
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

/** The same load, sent to both systems in turn: each has been warmed, and so have the doubles. */
async function compareSpeed(hardened: HardenedSystem, { rounds, ...load }: Plan["timed"]): Promise<Speeds> {
  // Under the same eyes.
  await using opened = await openedFiles();
  await using control = await ControlSystem.start(opened.runUnder);
  const warming = { ...load, mails: Math.min(load.mails, WARMING_MAILS) };
  await hardened.sendTimed(warming);
  await control.sendTimed(warming);
  const on: number[] = [];
  const off: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    on.push(await hardened.sendTimed(load));
    off.push(await control.sendTimed(load));
  }
  return { on: harmonicMean(on), off: harmonicMean(off) };
}

/** Of rates: all mails by all of their time. */
function harmonicMean(rates: readonly number[]): number {
  return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);
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

/** Code that has run a few times runs faster. */
const WARMING_MAILS = 16;

/** Of each path: canaries are made up, and where they lie shows why. */
const SAMPLES_SHOWN = 3;
