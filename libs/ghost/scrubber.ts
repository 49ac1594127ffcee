import { ProcessScrub } from "./process-scrub.ts";

/** Long enough for what belongs to one document to be let go of together, short enough for "a second later". */
const SCRUB_AFTER_MS = 100;
/**
 * The pause after a scrub, as a multiple of what it took, within bounds: under load about a tenth of the time goes into it.
 */
const PAUSE_FACTOR = 10;
const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 500;
/** Scrubs after the last one that was due: what was still swept, ended or closed meanwhile. They cost idle time only. */
const SETTLING_SCRUBS = 2;
const SETTLING_PAUSE_MS = 200;
/** Large mails that come fast would stand beside what the ones before left: then no pause is waited for. */
const URGENT_BYTES = 64 * 1024 * 1024;

/**
 * Decides when to clear what zeroing cannot reach. Told whenever content leaves, it scrubs a moment later, once for all
 * that left meanwhile, and never more often than a part of the time allows.
 */
export class Scrubber {
  readonly #scrub: () => Promise<void>;
  #isDue = false;
  #leftBytes = 0;
  #isRunning = false;
  #cutShort: (() => void) | undefined;

  /** A `scrub` that rejects is repeated. */
  constructor(scrub: () => Promise<void>) {
    this.#scrub = scrub;
  }

  /** Content has left; `bytes` of memory that held it can be given back. */
  contentLeft(bytes = 0): void {
    this.#isDue = true;
    this.#leftBytes += bytes;
    if (!this.#isRunning) void this.#run();
    if (this.#leftBytes >= URGENT_BYTES) this.#cutShort?.();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let waitMs = SCRUB_AFTER_MS;
    for (let settled = 0; settled <= SETTLING_SCRUBS; ) {
      await this.#pause(waitMs);
      this.#isDue = false;
      this.#leftBytes = 0;
      const startedAt = performance.now();
      await this.#scrub().catch(() => {
        this.#isDue = true;
      });
      const pauseMs = (performance.now() - startedAt) * PAUSE_FACTOR;
      waitMs = this.#isDue ? Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, pauseMs)) : SETTLING_PAUSE_MS;
      settled = this.#isDue ? 0 : settled + 1;
    }
    this.#isRunning = false;
  }

  /** A process that has nothing else to do may end meanwhile. */
  async #pause(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    this.#cutShort = resolve;
    await promise;
    clearTimeout(timer);
    this.#cutShort = undefined;
  }
}

const processScrub = new ProcessScrub();
const ofThisProcess = new Scrubber(() => processScrub.run());

/**
 * Tells this process's scrubber that content has left, and how much memory it filled. `GhostBytes` tells it by itself. Does
 * nothing in a process that may not collect (`--expose-gc`): it was not started hardened, and says so.
 */
export function contentLeft(bytes = 0): void {
  if (globalThis.gc !== undefined) ofThisProcess.contentLeft(bytes);
}
