import { type Bench, startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { type Load, runLoad, runTimedLoad } from "./load.ts";
import { WITHOUT_ANY } from "./measures/measures.ts";
import { openedFiles } from "./opened-files/opened-files.ts";
import { forLoads, forPaths, hurried, SETTINGS } from "./paths/all-paths.ts";
import type { Plan } from "./plans.ts";
import { runPaths } from "./run-paths.ts";
import { hitsOf, searchMemory } from "./search/search-bench.ts";
import { Searcher } from "./search/searcher.ts";

/**
 * The same system, started as an ordinary Node service is. A zero says something only if the same search finds leaks where there
 * must be some: memory is searched after each part of what is sent, and nobody waits for anything to be cleared.
 */
export class ControlSystem implements AsyncDisposable {
  readonly #mark: string;
  readonly #bench: Bench;
  readonly #searcher: Searcher;
  readonly #parts: AsyncDisposableStack;

  private constructor(mark: string, bench: Bench, parts: AsyncDisposableStack) {
    this.#mark = mark;
    this.#bench = bench;
    this.#searcher = parts.use(new Searcher(mark));
    this.#parts = parts;
  }

  static async start(): Promise<ControlSystem> {
    await using starting = new AsyncDisposableStack();
    // It is as fast as it is under the same eyes.
    const opened = starting.use(await openedFiles());
    const bench = starting.use(await startBench(WITHOUT_ANY, SETTINGS, opened.runUnder));
    return new ControlSystem(newMark(), bench, starting.move());
  }

  /** Mails per second. */
  async sendTimed(load: Load): Promise<number> {
    const { mailsPerSecond } = await runTimedLoad(this.#bench, this.#mark, load);
    return mailsPerSecond;
  }

  /** What memory holds now and after each load, together. Leaves the system as the paths need it. */
  async hitsAfterLoads(loads: Plan["loads"]): Promise<number> {
    let hits = await this.#hits();
    if (loads.length > 0) await forLoads(this.#bench);
    for (const load of loads) {
      await runLoad(this.#bench, this.#mark, load);
      hits += await this.#hits();
    }
    if (loads.length > 0) await forPaths(this.#bench);
    return hits;
  }

  /** What memory holds after the paths of each phase, together. */
  async hitsAfterPaths(phases: Plan["phases"]): Promise<number> {
    let hits = 0;
    for (const phase of phases) {
      // Paths are numbered anew: with the mark of the phase before, the same mail would be a duplicate, and nobody would read it.
      const mark = newMark();
      await using searcher = new Searcher(mark);
      await runPaths({ bench: this.#bench, searcher, mark, isLookedAt: false }, [hurried(phase)]);
      hits += hitsOf(await searchMemory(this.#bench, searcher));
    }
    return hits;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }

  async #hits(): Promise<number> {
    return hitsOf(await searchMemory(this.#bench, this.#searcher));
  }
}
