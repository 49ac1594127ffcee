import { startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { type Load, runTimedLoad } from "./load.ts";
import { type Measure, WITHOUT_ANY } from "./measures/measures.ts";
import { openedFiles } from "./opened-files/opened-files.ts";
import { type Phase, SETTINGS } from "./paths/all-paths.ts";
import { type PathResult, runPaths } from "./run-paths.ts";
import { hitsOf, searchMemory } from "./search/search-bench.ts";
import { Searcher } from "./search/searcher.ts";

/** A zero says something only if the same search finds leaks where there must be some. */

export interface Control {
  readonly hits: number;
  readonly mailsPerSecond: number;
}

/**
 * The same load and the same paths through the same system, started as an ordinary Node service is. `afterLoad` is told
 * when nothing is timed any more.
 */
export async function runControl(phases: readonly Phase[], timed: Load, afterLoad: () => void): Promise<Control> {
  const mark = newMark();
  // It is as fast as it is under the same eyes.
  await using opened = await openedFiles();
  await using bench = await startBench(WITHOUT_ANY, SETTINGS, opened.runUnder);
  await using searcher = new Searcher(mark);
  const { mailsPerSecond } = await runTimedLoad(bench, mark, timed);
  afterLoad();
  const ofLoad = hitsOf(await searchMemory(bench, searcher));
  const { results } = await runPaths({ bench, searcher, mark, isPatient: false, onRow: () => {} }, phases);
  return { hits: ofLoad + hitsIn(results), mailsPerSecond };
}

/** What is found when one measure is missing: anything. */
export async function runWithout(measure: Measure, phases: readonly Phase[]): Promise<number> {
  const mark = newMark();
  await using bench = await startBench(measure.without, SETTINGS);
  await using searcher = new Searcher(mark);
  const { results } = await runPaths({ bench, searcher, mark, isPatient: false, onRow: () => {} }, phases);
  return hitsIn(results);
}

function hitsIn(results: readonly PathResult[]): number {
  return results.flatMap(({ places }) => Object.values(places)).reduce((sum, hits) => sum + hits, 0);
}
