/** Longer than a lost packet or a busy relay holds a sender up. */
const GRACE_MS = 10_000;
/** The window slides in steps of a tenth. */
const SLOTS = 10;

export interface TransferRateOptions {
  /** 0 for any rate. */
  readonly minBytesPerSecond: number;
  /** How long a body is left alone at first, and over how much of the latest time its rate is measured, milliseconds. */
  readonly graceMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Whether a body that is arriving keeps a minimum rate. Only the latest time counts, so that a fast start does not buy
 * hours of trickle, and a client that sends nothing at all is noticed because `isTooSlow` is for a timer to ask. A body
 * that is too slow is temporary (503): its sender may come again.
 */
export class TransferRate {
  readonly #minBytes: number;
  readonly #slotMs: number;
  readonly #now: () => number;
  /** The bytes of each tenth of the window, and of the one that has just begun. */
  readonly #slots = new Float64Array(SLOTS + 1);
  #slot = 0;
  #slotElapsedMs = 0;
  #slotsBegun = 0;
  #lastLookMs: number;

  constructor({ minBytesPerSecond, graceMs = GRACE_MS, now = () => performance.now() }: TransferRateOptions) {
    this.#minBytes = (minBytesPerSecond * graceMs) / 1_000;
    this.#slotMs = graceMs / SLOTS;
    this.#now = now;
    this.#lastLookMs = now();
  }

  received(bytes: number): void {
    this.#slide();
    this.#slots[this.#slot] = (this.#slots[this.#slot] ?? 0) + bytes;
  }

  /** To be asked several times within `graceMs`. */
  isTooSlow(): boolean {
    this.#slide();
    return this.#slotsBegun >= SLOTS && this.#slots.reduce((sum, bytes) => sum + bytes, 0) < this.#minBytes;
  }

  /**
   * Between two looks no more than half the window passes, however late the second one is: what a process did not take
   * off the line because it was itself held up is not its sender's slowness.
   */
  #slide(): void {
    const now = this.#now();
    this.#slotElapsedMs += Math.min(now - this.#lastLookMs, (this.#slotMs * SLOTS) / 2);
    this.#lastLookMs = now;
    while (this.#slotElapsedMs >= this.#slotMs) {
      this.#slotElapsedMs -= this.#slotMs;
      this.#slot = (this.#slot + 1) % this.#slots.length;
      this.#slots[this.#slot] = 0;
      this.#slotsBegun += 1;
    }
  }
}
