import { ProcessScrub } from "./process-scrub.ts";
import { scrubHealth } from "./scrub-health.ts";

/**
 * How far a scrub reaches: what parsers and sockets read into, and what died young, strings among it; or everything, which
 * takes a collection of the whole heap and twenty times as long.
 */
export type Reach = "young" | "everything";

/** Long enough for what belongs to one document to be let go of together, short enough for "a second later". */
const SCRUB_AFTER_MS = 100;
/** From scrub to scrub while content keeps leaving: what left behind the last one is gone within a second, too. */
const SCRUB_EVERY_MS = 750;
/**
 * While content keeps leaving, strings that died young are cleared at every scrub; those that grew old first wait for a
 * collection of the whole heap, so long at most. With the scrub itself that is what is promised of steady load: two seconds.
 */
const STRINGS_WAIT_MS = 1_600;
/** Content that keeps leaving for less than this is no steady load: strings are met at every scrub, whatever their age. */
const STEADY_AFTER_MS = 3_000;
/** When no more content has left for so long, a last scrub reaches all there is: what was still swept, ended or closed. */
const SETTLES_AFTER_MS = 600;
/** The same of strings of which nobody has told. There should be none. */
const UNTOLD_STRINGS_WAIT_MS = 10_000;

/**
 * Decides when to clear what zeroing cannot reach. Told whenever content leaves, it scrubs a moment later, once for all
 * that left meanwhile, however much that is.
 */
export class Scrubber {
  readonly #scrub: (reach: Reach) => Promise<void>;
  #isRunning = false;
  /** Milliseconds on the monotonic clock: the first content that no scrub has met; undefined while there is none. */
  #dueSince: number | undefined;
  #lastLeftAt = 0;
  #leftStrings = false;
  /** Since when content leaves without a pause. */
  #begunAt = 0;
  #scrubbedAt = Number.NEGATIVE_INFINITY;
  #stringsScrubbedAt = Number.NEGATIVE_INFINITY;

  /** A `scrub` that rejects is repeated. */
  constructor(scrub: (reach: Reach) => Promise<void>) {
    this.#scrub = scrub;
  }

  /** Content has left. */
  contentLeft(): void {
    this.#lastLeftAt = performance.now();
    this.#dueSince ??= this.#lastLeftAt;
    if (!this.#isRunning) void this.#run();
  }

  /** Content has left that was in strings. */
  stringsLeft(): void {
    this.#leftStrings = true;
    this.contentLeft();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#begunAt = this.#lastLeftAt;
    for (let isSettled = false; !isSettled; ) {
      await this.#pause(this.#nextAt - performance.now());
      const now = performance.now();
      // Otherwise content has left meanwhile, and nothing is settled.
      if (now < this.#nextAt) continue;
      const isSettling = now - this.#lastLeftAt >= SETTLES_AFTER_MS;
      await this.#scrubAt(now, isSettling || this.#reachesEverything(now) ? "everything" : "young");
      isSettled = isSettling && this.#dueSince === undefined;
    }
    this.#isRunning = false;
  }

  async #scrubAt(now: number, reach: Reach): Promise<void> {
    this.#dueSince = undefined;
    this.#scrubbedAt = now;
    if (reach === "everything") {
      this.#leftStrings = false;
      this.#stringsScrubbedAt = now;
    }
    await this.#scrub(reach).catch(() => {
      this.#dueSince ??= now;
      this.#leftStrings ||= reach === "everything";
    });
  }

  get #nextAt(): number {
    if (this.#dueSince === undefined) return this.#lastLeftAt + SETTLES_AFTER_MS;
    return Math.max(this.#dueSince + SCRUB_AFTER_MS, this.#scrubbedAt + SCRUB_EVERY_MS);
  }

  #reachesEverything(now: number): boolean {
    const next = now + SCRUB_EVERY_MS;
    const isSteady = now - this.#begunAt >= STEADY_AFTER_MS;
    if (this.#leftStrings) return !isSteady || next - this.#stringsScrubbedAt > STRINGS_WAIT_MS;
    return next - Math.max(this.#stringsScrubbedAt, this.#begunAt) > UNTOLD_STRINGS_WAIT_MS;
  }

  /** A process that has nothing else to do may end meanwhile. */
  async #pause(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // What was due while a scrub took its time is due now.
    const timer = setTimeout(resolve, Math.max(0, Math.ceil(milliseconds)));
    timer.unref();
    await promise;
  }
}

const processScrub = new ProcessScrub();
let tell: (reach: Reach, durationMs: number) => void = () => {};

const ofThisProcess = new Scrubber(
  scrubHealth.watched(async (reach) => {
    const begunAt = performance.now();
    await processScrub.run(reach);
    tell(reach, performance.now() - begunAt);
  }),
);

/** Has `listener` told of each sweep of this process that is over, and of none that failed and is repeated. */
export function whenScrubbed(listener: (reach: Reach, durationMs: number) => void): void {
  tell = listener;
}

/**
 * Tells this process's scrubber that content has left. `GhostBytes` tells it by itself. Does nothing in a process that may not
 * collect (`--expose-gc`): it was not started hardened, and says so.
 */
export function contentLeft(): void {
  if (globalThis.gc !== undefined) ofThisProcess.contentLeft();
}

/** The same of content that was in strings. Whoever makes strings of content tells it, on every path. */
export function stringsLeft(): void {
  if (globalThis.gc !== undefined) ofThisProcess.stringsLeft();
}
