import { Semaphore } from "../semaphore.ts";
import { ModelBreaker, type Passage, type Verdict } from "./model-breaker.ts";

/** Documents at the model at once when nothing is configured: about a hundred a minute, below the quota of a paid project. */
export const DEFAULT_CONCURRENCY = 16;
/**
 * Documents that may be in this process for each that may be at the model: the others are parsed, or wait for their turn.
 * More would wait until their time is over, while another instance may be idle.
 */
const DOCUMENTS_PER_SEAT = 4;
/**
 * Documents that may be in this process while the model is left alone. Few, because most of them can only be sent back; not
 * none, because those with e-invoice data need no model.
 */
const DOCUMENTS_WHILE_OPEN = 2;

/** A document's leave to ask the model. Disposing it lets the next one in. */
export interface Admission extends Disposable {
  /** Whether a fault that passes is worth another request: not for a probe, and not once the model fails everywhere. */
  mayRepeat(): boolean;
  conclude(verdict: Verdict): void;
}

/** Who may ask the model: so many documents at a time, and hardly any while it fails. One per process. */
export class ModelGate {
  readonly #seats: number;
  readonly #turns: Semaphore;
  readonly #breaker: ModelBreaker;

  constructor(options: { readonly seats: number; now(): number; onChange(open: boolean): void }) {
    this.#seats = options.seats;
    this.#turns = new Semaphore(options.seats);
    this.#breaker = new ModelBreaker(options.now, options.onChange);
  }

  /** Whether this process should take one more document while it has `underWay`. */
  admits(underWay: number): boolean {
    return underWay < (this.#breaker.open ? DOCUMENTS_WHILE_OPEN : this.#seats * DOCUMENTS_PER_SEAT);
  }

  /** Waits for a seat. `busy` at once while the model is left alone; `late` if `signal` is aborted before a seat is free. */
  async enter(signal: AbortSignal): Promise<Admission | "busy" | "late"> {
    // Asked before and after the wait, in which the model may have failed.
    if (!this.#breaker.approachable) return "busy";
    const turn = await this.#turns.take(signal);
    if (turn === undefined) return "late";
    const passage = this.#breaker.enter();
    if (passage === undefined) {
      turn[Symbol.dispose]();
      return "busy";
    }
    return this.#admission(turn, passage);
  }

  #admission(turn: Disposable, passage: Passage): Admission {
    return {
      mayRepeat: () => !passage.probe && !this.#breaker.open,
      conclude: (verdict) => passage.conclude(verdict),
      [Symbol.dispose]: () => {
        passage[Symbol.dispose]();
        turn[Symbol.dispose]();
      },
    };
  }
}
