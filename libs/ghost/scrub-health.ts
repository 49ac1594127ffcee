import type { ScrubFault } from "@flowstate/contracts";
import type { Reach } from "./scrubber.ts";

/** A scrub takes some ten milliseconds: one that takes so long waits for something that does not come. */
const SCRUB_LIMIT_MS = 5_000;

/** A scrub did not do what it should, or not in its time. */
export class ScrubError extends Error {
  readonly fault: ScrubFault;

  constructor(fault: ScrubFault, cause?: unknown) {
    super(fault, { cause });
    this.name = "ScrubError";
    this.fault = fault;
  }
}

/** Told when scrubs begin to fail, with why, and when one has done its work again, with nothing. */
export type ScrubListener = (error: ScrubError | undefined) => void;

/** Whether this process is able to clear what zeroing cannot reach: what a scrub leaves undone nobody else does. */
export class ScrubHealth {
  #failures = 0;
  #fault: ScrubFault | undefined;
  #listener: ScrubListener = () => {};

  /** How many scrubs have failed so far. */
  get failures(): number {
    return this.#failures;
  }

  /** What the first of them failed by, from a scrub that failed until the next that did not. */
  get fault(): ScrubFault | undefined {
    return this.#fault;
  }

  listen(listener: ScrubListener): void {
    this.#listener = listener;
  }

  /** The same scrub under watch: it rejects with `ScrubError`, after `limitMs` at the latest. */
  watched(scrub: (reach: Reach) => Promise<void>, limitMs = SCRUB_LIMIT_MS): (reach: Reach) => Promise<void> {
    return async (reach) => {
      const overdue = Promise.withResolvers<never>();
      const timer = setTimeout(() => overdue.reject(new ScrubError("scrub_overdue")), limitMs);
      timer.unref();
      try {
        await Promise.race([Promise.try(scrub, reach), overdue.promise]);
      } catch (error) {
        const failed = error instanceof ScrubError ? error : new ScrubError("scrub_failed", error);
        this.#failures += 1;
        if (this.#fault === undefined) this.#listener(failed);
        this.#fault ??= failed.fault;
        throw failed;
      } finally {
        clearTimeout(timer);
      }
      if (this.#fault !== undefined) this.#listener(undefined);
      this.#fault = undefined;
    };
  }
}

/** Of this process. */
export const scrubHealth = new ScrubHealth();
