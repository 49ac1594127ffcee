import { startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { runLoad, runTimedLoad } from "./load.ts";
import { type Measure, WITHOUT_ANY } from "./measures/measures.ts";
import { openedFiles } from "./opened-files/opened-files.ts";
import { ALL_PATHS, forLoads, SETTINGS } from "./paths/all-paths.ts";
import type { ExitPath } from "./paths/exit-path.ts";
import type { Plan } from "./prove-memory.ts";
import { type PathResult, runPaths } from "./run-paths.ts";
import { hitsOf, searchMemory } from "./search/search-bench.ts";
import { Searcher } from "./search/searcher.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** A zero says something only if the same search finds leaks where there must be some. */

export interface Control {
  readonly hits: number;
  readonly mailsPerSecond: number;
}

/**
 * The same plan through the same system, started as an ordinary Node service is. Memory is searched after each part of it;
 * nobody waits for anything to be cleared. `afterTimed` is told when nothing is timed any more.
 */
export async function runControl(plan: Plan, stopwatch: Stopwatch, afterTimed: () => void): Promise<Control> {
  const mark = newMark();
  // It is as fast as it is under the same eyes.
  await using opened = await openedFiles();
  await using bench = await stopwatch.time("control: start", () => startBench(WITHOUT_ANY, SETTINGS, opened.runUnder));
  await using searcher = new Searcher(mark);
  const found = async () => hitsOf(await searchMemory(bench, searcher));
  const { mailsPerSecond } = await stopwatch.time("control: timed load", () => runTimedLoad(bench, mark, plan.timed));
  afterTimed();
  let hits = await found();
  for (const phase of plan.phases) {
    await stopwatch.time("control: paths", () => runPaths({ bench, searcher, mark, look: "none" }, [phase]));
    hits += await found();
  }
  if (plan.loads.length > 0) await forLoads(bench);
  for (const load of plan.loads) {
    await stopwatch.time("control: loads", () => runLoad(bench, mark, load));
    hits += await found();
  }
  return { hits, mailsPerSecond };
}

/** What a collector of garbage leaves is a matter of chance: a path that showed nothing is gone again, so often in all. */
const ROUNDS = 6;

/** What is found when one measure is missing, on the first path on which anything is. Throws when there is no such path. */
export async function runWithout(measure: Measure): Promise<number> {
  const rows = measure.shownBy.map((name) => [pathNamed(name)]);
  const mark = newMark();
  await using bench = await startBench(measure.without, SETTINGS);
  await using searcher = new Searcher(mark);
  const isEnough = (results: readonly PathResult[]) => hitsIn(results) > 0;
  const phases = Array.from({ length: ROUNDS }, () => ({ ingest: {}, rows }));
  const { results } = await runPaths({ bench, searcher, mark, look: "once", isEnough }, phases);
  return hitsIn(results);
}

function pathNamed(name: string): ExitPath {
  const path = ALL_PATHS.flatMap(({ rows }) => rows.flat()).find((it) => it.name === name);
  if (path === undefined) throw new Error(`no exit path is called: ${name}`);
  return path;
}

function hitsIn(results: readonly PathResult[]): number {
  return results.flatMap(({ places }) => Object.values(places)).reduce((sum, hits) => sum + hits, 0);
}
