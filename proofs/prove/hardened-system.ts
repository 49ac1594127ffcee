import { existsSync } from "node:fs";
import { AuditAnswers } from "./audit-answers.ts";
import { type Bench, startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { HARDENED } from "./counterproof/measures/measures.ts";
import { searchElsewhere } from "./elsewhere.ts";
import { unhardenedIn } from "./hardening.ts";
import type { NamedLoad } from "./load.ts";
import { type OpenedFiles, openedFiles } from "./opened-files/opened-files.ts";
import { forPaths, type Phase, SETTINGS_FOR_LOADS } from "./paths/all-paths.ts";
import type { Answered } from "./paths/exit-path.ts";
import { type PathResult, runPaths } from "./run-paths.ts";
import type { Findings } from "./search/findings.ts";
import { mappedFiles } from "./search/process-memory.ts";
import { Searcher } from "./search/searcher.ts";
import { type LoadResult, watchLoad } from "./watched-load.ts";

/** What was found in files and in what was said, after everything. */
export interface Aftermath {
  /** By place. */
  readonly elsewhere: Readonly<Record<string, Findings>>;
  readonly opened: OpenedElsewhere;
  /** What the services said, at any start, of a measure of their hardening that does not hold. */
  readonly unhardened: readonly string[];
}

/** What processes opened for writing beyond their own store, data and log. */
export interface OpenedElsewhere {
  readonly how: OpenedFiles["how"];
  readonly beyondKnown: readonly string[];
  /** Of these, what was not there any more when it was searched. */
  readonly gone: readonly string[];
}

/** The whole system, hardened as in production: nothing may be found in it. Its methods are called one behind the other. */
export class HardenedSystem implements AsyncDisposable {
  readonly #startedAt: number;
  readonly #mark: string;
  readonly #opened: OpenedFiles;
  readonly #bench: Bench;
  readonly #searcher: Searcher;
  readonly #auditing: AuditAnswers;
  readonly #parts: AsyncDisposableStack;
  readonly #answers: Answered[] = [];

  private constructor(startedAt: number, mark: string, opened: OpenedFiles, bench: Bench, parts: AsyncDisposableStack) {
    this.#startedAt = startedAt;
    this.#mark = mark;
    this.#opened = opened;
    this.#bench = bench;
    this.#searcher = parts.use(new Searcher(mark));
    this.#auditing = parts.use(new AuditAnswers(bench));
    this.#parts = parts;
  }

  static async start(): Promise<HardenedSystem> {
    const startedAt = Date.now();
    await using starting = new AsyncDisposableStack();
    const opened = starting.use(await openedFiles());
    const bench = starting.use(await startBench(HARDENED, SETTINGS_FOR_LOADS, opened.runUnder));
    opened.watch(bench);
    return new HardenedSystem(startedAt, newMark(), opened, bench, starting.move());
  }

  /** Goes paths, and searches memory after each. No load can be sent any more then. */
  async goPaths(
    phases: readonly Phase[],
    onRow: (results: readonly PathResult[]) => void,
  ): Promise<readonly PathResult[]> {
    await forPaths(this.#bench);
    const { results, answers } = await runPaths(
      { bench: this.#bench, searcher: this.#searcher, mark: this.#mark, isLookedAt: true, onRow },
      phases,
    );
    this.#answers.push(...answers);
    return results;
  }

  /** Sends loads, and searches memory all the time. */
  async sendLoads(loads: readonly NamedLoad[], onLoad: (result: LoadResult) => void): Promise<readonly LoadResult[]> {
    const results: LoadResult[] = [];
    for (const load of loads) {
      const result = await watchLoad(this.#bench, this.#searcher, this.#mark, load);
      results.push(result);
      onLoad(result);
    }
    return results;
  }

  /** Stops the services, and searches everything beside memory. */
  async afterwards(): Promise<Aftermath> {
    const audited = await this.#auditing.texts();
    const mapped = [...new Set(Object.values(this.#bench.processes()).flat().flatMap(mappedFiles))];
    // A service that stops sends what it has not yet exported, and writes its last lines.
    await Promise.all(Object.values(this.#bench.stack.services).map((service) => service.stop()));
    const opened = this.#opened.paths();
    const elsewhere = await searchElsewhere(this.#bench, this.#searcher, {
      answers: this.#answers,
      audited,
      mapped,
      opened,
      startedAt: this.#startedAt,
    });
    const beyondKnown = opened.filter((path) => !this.#isKnown(path));
    return {
      elsewhere,
      opened: { how: this.#opened.how, beyondKnown, gone: beyondKnown.filter((path) => !existsSync(path)) },
      unhardened: unhardenedIn(await this.#bench.stack.logs()),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }

  #isKnown(path: string): boolean {
    return Object.values(this.#bench.files)
      .flat()
      .some((known) => path.startsWith(known));
  }
}
