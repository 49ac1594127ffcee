import { type Launch, startBench } from "../bench/bench.ts";
import { newMark } from "../canaries/canary.ts";
import { unhardenedIn } from "../hardening.ts";
import { ALL_PATHS, type Phase, SETTINGS } from "../paths/all-paths.ts";
import { type PathResult, runPaths } from "../run-paths.ts";
import { Searcher } from "../search/searcher.ts";
import type { Stopwatch } from "../stopwatch.ts";
import { HARDENED, type Measure } from "./measures/measures.ts";

/** What a collector of garbage leaves is a matter of chance: a path that showed nothing is gone again, so often in all. */
const ROUNDS = 6;
const LANES = 2;
/** What is there with every measure, too, is not there because one is missing: the machine is too busy. */
const ROUNDS_WITH_ALL = 1;

/** What would make the proof fail when one measure is missing. */
export interface WithoutMeasure {
  /** On the first path on which anything is found when its time is over; 0 when there is no such path. */
  readonly hits: number;
  /** What the services say of themselves. */
  readonly unhardened: readonly string[];
  /** It is missed, in the way in which it has to be. */
  readonly isMissed: boolean;
}

/** What there is without each measure, by its name. */
export interface MeasuresOutcome {
  readonly without: Readonly<Record<string, WithoutMeasure>>;
  /** Hits on the same paths with all of them. */
  readonly withAll: number;
}

/** Takes each measure away, two at a time: each waits for half of its time. */
export async function runWithoutEach(measures: readonly Measure[], stopwatch: Stopwatch): Promise<MeasuresOutcome> {
  const without = new Map<string, WithoutMeasure>();
  let withAll = 0;
  const works = [
    async () => {
      withAll = await stopwatch.time("with every measure", () => hitsWithAll(measures));
    },
    ...measures.map((measure) => async () => {
      without.set(measure.name, await stopwatch.time(`without ${measure.name}`, () => runWithout(measure)));
    }),
  ].values();
  const lane = async () => {
    for (const work of works) await work();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { without: Object.fromEntries(without), withAll };
}

async function runWithout({ without, shownBy }: Measure): Promise<WithoutMeasure> {
  const left = await go(shownBy, without, ROUNDS);
  return { ...left, isMissed: shownBy.length > 0 ? left.hits > 0 : left.unhardened.length > 0 };
}

/** What is found on all the paths that show these measures while every one is on: nothing, or what the others show says nothing. */
async function hitsWithAll(measures: readonly Measure[]): Promise<number> {
  const { hits } = await go([...new Set(measures.flatMap(({ shownBy }) => shownBy))], HARDENED, ROUNDS_WITH_ALL);
  return hits;
}

async function go(paths: readonly string[], launch: Launch, rounds: number): Promise<Omit<WithoutMeasure, "isMissed">> {
  const round = paths.map(phaseOf);
  const mark = newMark();
  await using bench = await startBench(launch, SETTINGS);
  await using searcher = new Searcher(mark);
  const isEnough = (results: readonly PathResult[]) => hitsIn(results) > 0;
  const phases = Array.from({ length: rounds }, () => round).flat();
  const { results } = await runPaths({ bench, searcher, mark, isLookedAt: true, isEnough }, phases);
  return { hits: hitsIn(results), unhardened: unhardenedIn(await bench.stack.logs()) };
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
