/** A share of the budget; disposing gives it back, once. */
export interface Reservation extends Disposable {
  readonly bytes: number;
}

/**
 * How many bytes of content a process may hold at once. Reserved before the first byte is read, so that a burst of large
 * mails meets "try again later" instead of the kernel's out-of-memory killer, which would wipe nothing.
 */
export class MemoryBudget {
  readonly limitBytes: number;
  #reservedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /**
   * Undefined when the bytes do not fit now. A reservation larger than the whole budget never fits. Throws for what is no
   * number of bytes: counted in, it would break the budget for good.
   */
  tryReserve(bytes: number): Reservation | undefined {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError("a reservation is a whole number of bytes");
    if (this.#reservedBytes + bytes > this.limitBytes) return undefined;
    this.#reservedBytes += bytes;
    let held = true;
    return {
      bytes,
      [Symbol.dispose]: () => {
        if (held) this.#reservedBytes -= bytes;
        held = false;
      },
    };
  }
}
