/**
 * Faults in a row, over all deliveries to one ERP, after which it is taken for down: more than one delivery makes, and as many
 * as a hanging ERP's slots bring about at once by default.
 */
export const FAULTS_TO_OPEN = 8;
/** How long an ERP that is down is left alone before one delivery tries it. */
export const PAUSE_MS = 15_000;

/** Leave for one attempt. Disposing it unsettled says that nothing was learnt. */
export interface Pass extends Disposable {
  /** The attempt ended: the ERP is there, or it is not (a temporary fault). Says whether this changed the circuit. */
  settle(isThere: boolean): "opened" | "closed" | undefined;
}

/**
 * Keeps deliveries from an ERP that is down: each would hold memory and a place for the length of a timeout, and an ERP that
 * comes back would meet all of them at once. Opens after `FAULTS_TO_OPEN` faults in a row. While it is open nothing passes;
 * after `PAUSE_MS` one attempt does, and decides.
 */
export class CircuitBreaker {
  readonly #elapsedMs: () => number;
  #faults = 0;
  /** When the pause is over; undefined while the circuit is closed. */
  #pausedUntil: number | undefined;
  #probing = false;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** Whether nothing would pass now. */
  get open(): boolean {
    return this.#pausedUntil !== undefined && (this.#probing || this.#elapsedMs() < this.#pausedUntil);
  }

  tryPass(): Pass | undefined {
    if (this.open) return undefined;
    const isProbe = this.#pausedUntil !== undefined;
    if (isProbe) this.#probing = true;
    let held = true;
    const release = () => {
      if (held && isProbe) this.#probing = false;
      held = false;
    };
    return {
      settle: (isThere) => {
        if (!held) return undefined;
        release();
        return isThere ? this.#close() : this.#fault(isProbe);
      },
      [Symbol.dispose]: release,
    };
  }

  #close(): "closed" | undefined {
    const wasClosed = this.#pausedUntil === undefined;
    this.#faults = 0;
    this.#pausedUntil = undefined;
    return wasClosed ? undefined : "closed";
  }

  /** Attempts that began before the pause and fail during it do not make it longer. */
  #fault(isProbe: boolean): "opened" | undefined {
    this.#faults += 1;
    const wasClosed = this.#pausedUntil === undefined;
    if (this.#faults < FAULTS_TO_OPEN || !(wasClosed || isProbe)) return undefined;
    this.#pausedUntil = this.#elapsedMs() + PAUSE_MS;
    return wasClosed ? "opened" : undefined;
  }
}
