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

/**
 * Says when something was recorded. However many wait, the database is asked by one for all of them, and by nobody while
 * nobody waits. A database that is away is waited for: what was recorded meanwhile is announced when it is back.
 */
export class RecordingPulse {
  readonly #settings: Required<PulseSettings>;
  readonly #waiting = new Set<() => void>();
  #newest = 0;
  #beating = false;

  constructor(settings: PulseSettings) {
    this.#settings = { beatMs: BEAT_MS, ...settings };
  }

  /** The newest position as soon as it is beyond `position`; undefined after `patienceMs`, or when `signal` aborts. */
  async beyond(position: number, patienceMs: number, signal: AbortSignal): Promise<number | undefined> {
    if (this.#newest <= position && !signal.aborted) await this.#change(patienceMs, signal);
    return this.#newest > position && !signal.aborted ? this.#newest : undefined;
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
        if (newest === this.#newest) continue;
        this.#newest = newest;
        for (const announce of this.#waiting) announce();
        // Those who were told come again with the next question before it is seen that nobody waits.
        await sleep(0);
      } catch (error) {
        pauseMs = Math.min(Math.max(pauseMs, beatMs) * 2, MAX_BEAT_MS);
        logger.warn("stream.paused", {}, error);
      }
    }
    this.#beating = false;
  }
}
