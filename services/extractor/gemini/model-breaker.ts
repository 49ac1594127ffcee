import type { ClassifiedFault } from "./classify-fault.ts";

/**
 * Documents in a row that the model failed before it is left alone. More than one: a hostile document may make it fail by
 * itself, and counts once, however often it was tried.
 */
const FAILURES_UNTIL_OPEN = 5;
/** How long the model is left alone then. Shorter than the sender's first pause, five minutes: a redelivery is the probe. */
const OPEN_MS = 30_000;
/** The same when the day's quota is used up. Somebody may raise it; until then every probe sends a document in vain. */
const EXHAUSTED_OPEN_MS = 5 * 60_000;

/** What became of a document at the model: it answered something, or why it did not. */
export type Verdict = "answering" | ClassifiedFault["model"];

/** A document's passage through the breaker. Disposing it without a verdict says nothing about the model. */
export interface Passage extends Disposable {
  /** The model was left alone a while, and this document finds out whether it is back. */
  readonly probe: boolean;
  conclude(verdict: Verdict): void;
}

/**
 * A circuit breaker: while the model fails every document, no more are sent to it, but one now and then. One per process.
 * Written here because `cockatiel` reads the time of day and keeps the last failure, and because it is documents that
 * count, not requests.
 */
export class ModelBreaker {
  readonly #now: () => number;
  readonly #onChange: (open: boolean) => void;
  #failuresInRow = 0;
  /** When the next probe may go; undefined while the breaker is closed. */
  #probeAt: number | undefined;
  #probing = false;

  /** `now` in milliseconds of a clock that only runs forward. */
  constructor(now: () => number, onChange: (open: boolean) => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /** From when the model failed until it answers again. */
  get open(): boolean {
    return this.#probeAt !== undefined;
  }

  /** Whether a document may be sent now. */
  get approachable(): boolean {
    return this.#probeAt === undefined || (!this.#probing && this.#now() >= this.#probeAt);
  }

  /** Undefined while the model is left alone. */
  enter(): Passage | undefined {
    if (!this.approachable) return undefined;
    const probe = this.open;
    if (probe) this.#probing = true;
    let concluded = false;
    const leave = (verdict: Verdict) => {
      if (concluded) return;
      concluded = true;
      if (probe) this.#probing = false;
      this.#take(verdict, probe);
    };
    return { probe, conclude: leave, [Symbol.dispose]: () => leave("unknown") };
  }

  #take(verdict: Verdict, probe: boolean): void {
    switch (verdict) {
      case "answering":
        this.#failuresInRow = 0;
        this.#close();
        return;
      case "failing":
        this.#failuresInRow += 1;
        // What was sent before the breaker opened and fails afterwards is no news.
        if (probe || (!this.open && this.#failuresInRow >= FAILURES_UNTIL_OPEN)) this.#openFor(OPEN_MS);
        return;
      case "exhausted":
        this.#openFor(EXHAUSTED_OPEN_MS);
        return;
      case "unknown":
        return;
      default:
        verdict satisfies never;
    }
  }

  #openFor(milliseconds: number): void {
    const wasOpen = this.open;
    this.#probeAt = this.#now() + milliseconds;
    if (!wasOpen) this.#onChange(true);
  }

  #close(): void {
    if (!this.open) return;
    this.#probeAt = undefined;
    this.#onChange(false);
  }
}
