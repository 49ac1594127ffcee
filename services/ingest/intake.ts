import { HttpError } from "@flowstate/runtime";

/**
 * Whether this process takes requests on, and which are under way: also those whose sender has hung up, because their work
 * goes on. Stopping it is in three steps: nothing new, a grace for what is under way, and an end for the rest.
 */
export class Intake {
  readonly #mayTake: () => boolean;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();
  #isOpen = true;

  /** While `mayTake` says no, nothing new is taken on; what is under way goes on. */
  constructor(mayTake: () => boolean = () => true) {
    this.#mayTake = mayTake;
  }

  /** False from the first moment of stopping, and while nothing may be taken on: nobody should send anything here. */
  get isOpen(): boolean {
    return this.#isOpen && this.#mayTake();
  }

  /** Aborted when the grace is over. What is under way then answers 503 and wipes. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Does the work of one request. Throws `HttpError("temporarily_unavailable")` when no more is taken on. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isOpen) throw new HttpError("temporarily_unavailable");
    const working = work();
    this.#underWay.add(working);
    try {
      return await working;
    } finally {
      this.#underWay.delete(working);
    }
  }

  /** Resolves when nothing is under way any more: after `graceMs` at the latest, and the time it takes to give up. */
  async close(graceMs: number): Promise<void> {
    this.#isOpen = false;
    const overdue = setTimeout(() => this.#stopping.abort(), graceMs);
    await Promise.allSettled(this.#underWay);
    clearTimeout(overdue);
    this.#stopping.abort();
  }
}
