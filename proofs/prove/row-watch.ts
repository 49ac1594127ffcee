import type { MemoryPlace } from "./bench/bench.ts";
import { AFTER_ANSWER_MS } from "./paths/exit-path.ts";
import type { Residue } from "./residue.ts";
import type { Findings } from "./search/findings.ts";

/** From one look to the next, so that the paths that are gone meanwhile have some of the processors. */
const PAUSE_MS = 150;

interface Look {
  /** When it began, milliseconds on the monotonic clock. */
  readonly at: number;
  /** When it was over, likewise. */
  readonly endedAt: number;
  readonly found: ReadonlyMap<MemoryPlace, Findings>;
}

/** A path that is over. */
export interface GonePath {
  /** Its number, which its canaries tell. */
  readonly path: number;
  /** Milliseconds on the monotonic clock. */
  readonly endedAt: number;
  readonly graceMs: number;
}

/**
 * Searches all memory again and again while paths are gone one behind the other, so that each is searched for within its own
 * time and none waits for another. A find belongs to the path that its canary tells.
 */
export class RowWatch implements AsyncDisposable {
  readonly #looks: Look[] = [];
  readonly #waiting = new Set<GonePath>();
  #isOver = false;
  readonly #looking: Promise<void>;
  #onLook = Promise.withResolvers<void>();

  /** `search` looks through all memory, once. */
  constructor(search: () => Promise<Look["found"]>) {
    this.#looking = this.#look(search);
    // Who waits for a look is told of what ends them.
    this.#looking.catch((error: unknown) => this.#onLook.reject(error));
    this.#onLook.promise.catch(() => {});
  }

  /** Resolves when the look that counts is made: as of a path alone, see `residueOf`. */
  async residueOf(gone: GonePath): Promise<Residue> {
    this.#waiting.add(gone);
    for (;;) {
      const counted = this.#counted(gone);
      if (counted === undefined) await this.#onLook.promise;
      else {
        this.#waiting.delete(gone);
        return counted;
      }
    }
  }

  /** What the last look found. */
  get last(): ReadonlyMap<MemoryPlace, Findings> {
    return this.#looks.at(-1)?.found ?? new Map();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#looking;
  }

  #counted({ path, endedAt, graceMs }: GonePath): Residue | undefined {
    const behind = this.#looks.filter(({ at }) => at >= endedAt);
    const inTime = behind.find(
      ({ at, found }) => at - endedAt >= AFTER_ANSWER_MS && (hitsOf(found, path) === 0 || at - endedAt >= graceMs),
    );
    if (inTime === undefined) return undefined;
    const upTo = behind.slice(0, behind.indexOf(inTime) + 1);
    const lastHit = upTo.findLastIndex(({ found }) => hitsOf(found, path) > 0);
    const firstClean = upTo[lastHit + 1];
    return {
      found: inTime.found,
      zeroAfterMs: firstClean === undefined ? undefined : firstClean.at - endedAt,
      lookedAtMs: inTime.endedAt - endedAt,
    };
  }

  async #look(search: () => Promise<Look["found"]>): Promise<void> {
    while (!this.#isOver) {
      const at = performance.now();
      const found = await search();
      this.#looks.push({ at, endedAt: performance.now(), found });
      const told = this.#onLook;
      this.#onLook = Promise.withResolvers();
      this.#onLook.promise.catch(() => {});
      told.resolve();
      const pauseMs = this.#nextAt(performance.now() - at) - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(pauseMs)));
    }
  }

  /** Where a path's time is over while the next look, which takes `lookMs`, would go on, that look begins then: it counts. */
  #nextAt(lookMs: number): number {
    const next = performance.now() + PAUSE_MS;
    const waiting = [...this.#waiting].filter((gone) => this.#counted(gone) === undefined);
    const ends = waiting.map(({ endedAt, graceMs }) => endedAt + graceMs);
    const [first = next] = ends.filter((end) => end > next && end < next + lookMs).sort((a, b) => a - b);
    return first;
  }
}

function hitsOf(found: Look["found"], path: number): number {
  return [...found.values()].reduce((sum, { hitsByPath }) => sum + (hitsByPath.get(path) ?? 0), 0);
}
