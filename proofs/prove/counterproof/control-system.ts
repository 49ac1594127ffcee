import type { RunUnder } from "../../../deploy/local/servers/server-process.ts";
import { type Bench, startBench } from "../bench/bench.ts";
import { newMark } from "../canaries/canary.ts";
import { runLoad } from "../load.ts";
import { forPaths, SETTINGS_FOR_LOADS } from "../paths/all-paths.ts";
import type { Plan } from "../plans.ts";
import { runPaths } from "../run-paths.ts";
import { hitsOf, searchMemory } from "../search/search-bench.ts";
import { Searcher } from "../search/searcher.ts";
import { WITHOUT_ANY } from "./measures/measures.ts";

/** What the control left on its paths, and how many of them it went as they should be gone. */
export interface ControlPaths {
  readonly hits: number;
  readonly paths: number;
  /** Paths that were not gone as their names say, and why. */
  readonly untaken: readonly string[];
}

/**
 * The same system, started as an ordinary Node service is. A zero says something only if the same search finds leaks where there
 * must be some: memory is searched after each part of what is sent, and nobody waits for anything to be cleared.
 */
export class ControlSystem implements AsyncDisposable {
  readonly #mark = newMark();
  readonly #bench: Bench;
  readonly #parts: AsyncDisposableStack;

  private constructor(bench: Bench, parts: AsyncDisposableStack) {
    this.#bench = bench;
    this.#parts = parts;
  }

  /** Its processes are started under `runUnder`. */
  static async start(runUnder: RunUnder | undefined): Promise<ControlSystem> {
    await using starting = new AsyncDisposableStack();
    const bench = starting.use(await startBench(WITHOUT_ANY, SETTINGS_FOR_LOADS, runUnder));
    return new ControlSystem(bench, starting.move());
  }

  /** What memory holds after each load, together. */
  async sendLoads(loads: Plan["loads"]): Promise<number> {
    await using searcher = new Searcher(this.#mark);
    let hits = 0;
    for (const load of loads) {
      await runLoad(this.#bench, this.#mark, load);
      hits += hitsOf(await searchMemory(this.#bench, searcher));
    }
    return hits;
  }

  /** What memory holds after the paths of each phase, together. */
  async goPaths(phases: Plan["phases"]): Promise<ControlPaths> {
    await forPaths(this.#bench);
    let [hits, paths] = [0, 0];
    const untaken: string[] = [];
    for (const phase of phases) {
      // Paths are numbered anew: with the mark of the phase before, the same mail would be a duplicate, and nobody would read it.
      const mark = newMark();
      await using searcher = new Searcher(mark);
      const { results } = await runPaths({ bench: this.#bench, searcher, mark, isLookedAt: false }, [phase]);
      hits += hitsOf(await searchMemory(this.#bench, searcher));
      paths += results.length;
      untaken.push(...results.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`])));
    }
    return { hits, paths, untaken };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}
