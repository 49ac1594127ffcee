import { startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import type { Measure } from "./measures/measures.ts";
import { ALL_PATHS, type Phase, SETTINGS } from "./paths/all-paths.ts";
import { type PathResult, runPaths } from "./run-paths.ts";
import { Searcher } from "./search/searcher.ts";

/** What a collector of garbage leaves is a matter of chance: a path that showed nothing is gone again, so often in all. */
const ROUNDS = 6;

/**
 * What is found when one measure is missing, on the first path on which anything is when its time is over: what would make the
 * proof fail. Throws when there is no such path.
 */
export async function runWithout(measure: Measure): Promise<number> {
  const round = measure.shownBy.map(phaseOf);
  const mark = newMark();
  await using bench = await startBench(measure.without, SETTINGS);
  await using searcher = new Searcher(mark);
  const isEnough = (results: readonly PathResult[]) => hitsIn(results) > 0;
  const phases = Array.from({ length: ROUNDS }, () => round).flat();
  const { results } = await runPaths({ bench, searcher, mark, isLookedAt: true, isEnough }, phases);
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
