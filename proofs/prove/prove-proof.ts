import { type Bench, startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { runLoad, runTimedLoad } from "./load.ts";
import { type Measure, WITHOUT_ANY } from "./measures/measures.ts";
import { openedFiles } from "./opened-files/opened-files.ts";
import { ALL_PATHS, hurried, type Phase, SETTINGS, SETTINGS_FOR_LOADS } from "./paths/all-paths.ts";
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
 * nobody waits for anything to be cleared. `afterTimed` is told when nothing is timed any more: then the paths are gone in one
 * system, most of which is waiting, and the loads sent through another.
 */
export async function runControl(plan: Plan, stopwatch: Stopwatch, afterTimed: () => void): Promise<Control> {
  const mark = newMark();
  // It is as fast as it is under the same eyes.
  await using opened = await openedFiles();
  await using bench = await stopwatch.time("control: start", () => startBench(WITHOUT_ANY, SETTINGS, opened.runUnder));
  await using searcher = new Searcher(mark);
  const { mailsPerSecond } = await stopwatch.time("control: timed load", () => runTimedLoad(bench, mark, plan.timed));
  afterTimed();
  const afterTimedLoad = hitsOf(await searchMemory(bench, searcher));
  const [onPaths, underLoads] = await Promise.all([
    stopwatch.time("control: paths", () => goControlPaths(bench, searcher, mark, plan.phases)),
    plan.loads.length === 0 ? 0 : stopwatch.time("control: loads", () => sendControlLoads(plan.loads)),
  ]);
  return { hits: afterTimedLoad + onPaths + underLoads, mailsPerSecond };
}

async function goControlPaths(
  bench: Bench,
  searcher: Searcher,
  mark: string,
  phases: readonly Phase[],
): Promise<number> {
  let hits = 0;
  for (const phase of phases) {
    await runPaths({ bench, searcher, mark, look: "none" }, [hurried(phase)]);
    hits += hitsOf(await searchMemory(bench, searcher));
  }
  return hits;
}

async function sendControlLoads(loads: Plan["loads"]): Promise<number> {
  const mark = newMark();
  await using bench = await startBench(WITHOUT_ANY, SETTINGS_FOR_LOADS);
  await using searcher = new Searcher(mark);
  let hits = 0;
  for (const load of loads) {
    await runLoad(bench, mark, load);
    hits += hitsOf(await searchMemory(bench, searcher));
  }
  return hits;
}

/** What a collector of garbage leaves is a matter of chance: a path that showed nothing is gone again, so often in all. */
const ROUNDS = 6;

/** What is found when one measure is missing, on the first path on which anything is. Throws when there is no such path. */
export async function runWithout(measure: Measure): Promise<number> {
  const round = measure.shownBy.map(phaseOf);
  const mark = newMark();
  await using bench = await startBench(measure.without, SETTINGS);
  await using searcher = new Searcher(mark);
  const isEnough = (results: readonly PathResult[]) => hitsIn(results) > 0;
  const phases = Array.from({ length: ROUNDS }, () => round).flat();
  const { results } = await runPaths({ bench, searcher, mark, look: "once", isEnough }, phases);
  return hitsIn(results);
}

/** One path alone, under the settings that it is gone under. */
function phaseOf(name: string): Phase {
  for (const { ingest, rows } of ALL_PATHS) {
    const path = rows.flat().find((it) => it.name === name);
    if (path !== undefined) return { ingest, rows: [[path]] };
  }
  throw new Error(`no exit path is called: ${name}`);
}

function hitsIn(results: readonly PathResult[]): number {
  return results.flatMap(({ places }) => Object.values(places)).reduce((sum, hits) => sum + hits, 0);
}
