import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flowstate/runtime";

/** How soon what was recorded is noticed, by whichever instance it was recorded. */
const BEAT_MS = 500;
/** Between attempts while the database is away. */
const MAX_BEAT_MS = 5_000;

export interface PulseSettings {
  /** The position of the event that was recorded last. */
  readonly readPosition: () => Promise<number>;
  readonly logger: Logger;
  readonly beatMs?: number;
}

/** What somebody who waits knows. */
export interface Heard {
  readonly position: number;
  /** Whether they know that the database is away. */
  readonly isPaused: boolean;
}

/**
 * Says when something was recorded. However many wait, the database is asked by one for all of them, and by nobody while
 * nobody waits. A database that is away is waited for, and whoever waits is told so: what was recorded meanwhile is announced
 * when it is back.
 */
export class RecordingPulse {
  readonly #settings: Required<PulseSettings>;
  readonly #waiting = new Set<() => void>();
  #newest = 0;
  #isAway = false;
  #beating = false;

  constructor(settings: PulseSettings) {
    this.#settings = { beatMs: BEAT_MS, ...settings };
  }

  /**
   * What is new to somebody who has heard so much, as soon as there is something: the newest position when it is beyond
   * theirs, or else that the database is away (`paused`) or is back (`resumed`); undefined after `patienceMs`, or when `signal`
   * aborts.
   */
  async next(
    heard: Heard,
    patienceMs: number,
    signal: AbortSignal,
  ): Promise<number | "paused" | "resumed" | undefined> {
    if (this.#newsTo(heard) === undefined && !signal.aborted) await this.#change(patienceMs, signal);
    return signal.aborted ? undefined : this.#newsTo(heard);
  }

  #newsTo({ position, isPaused }: Heard): number | "paused" | "resumed" | undefined {
    if (this.#newest > position) return this.#newest;
    if (this.#isAway === isPaused) return undefined;
    return this.#isAway ? "paused" : "resumed";
  }

  #change(patienceMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(patience);
        signal.removeEventListener("abort", done);
        this.#waiting.delete(done);
        resolve();
      };
      const patience = setTimeout(done, patienceMs);
      signal.addEventListener("abort", done, { once: true });
      this.#waiting.add(done);
      if (!this.#beating) void this.#beat();
    });
  }

  async #beat(): Promise<void> {
    const { readPosition, logger, beatMs } = this.#settings;
    this.#beating = true;
    let pauseMs = 0;
    while (this.#waiting.size > 0) {
      await sleep(pauseMs, undefined, { ref: false });
      try {
        const newest = await readPosition();
        pauseMs = beatMs;
        if (newest === this.#newest && !this.#isAway) continue;
        this.#newest = newest;
        await this.#announce(false);
      } catch (error) {
        pauseMs = Math.min(Math.max(pauseMs, beatMs) * 2, MAX_BEAT_MS);
        logger.warn("stream.paused", {}, error);
        if (!this.#isAway) await this.#announce(true);
      }
    }
    this.#beating = false;
    // Nobody asks any more: whoever comes next has just been answered by the database.
    this.#isAway = false;
  }

  async #announce(isAway: boolean): Promise<void> {
    this.#isAway = isAway;
    for (const announce of this.#waiting) announce();
    // Those who were told come again with the next question before it is seen that nobody waits.
    await sleep(0);
  }
}
