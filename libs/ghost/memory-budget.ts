/** A share of the budget; disposing gives it back, once. */
export interface Reservation extends Disposable {
  readonly bytes: number;
  /** Makes it a larger one, or says false and leaves it as it is when the rest does not fit now. */
  extendTo(bytes: number): boolean;
  /** Hands a part of it on as a reservation of its own. Throws when it has no such part. */
  split(bytes: number): Reservation;
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
    if (!this.fits(bytes)) return undefined;
    this.#reservedBytes += bytes;
    return this.#reservation(bytes);
  }

  /** Whether so many bytes could be reserved now. */
  fits(bytes: number): boolean {
    return this.#reservedBytes + bytes <= this.limitBytes;
  }

  /** Of bytes that are counted already. */
  #reservation(bytes: number): Reservation {
    let reserved = bytes;
    let held = true;
    return {
      get bytes() {
        return reserved;
      },
      extendTo: (wanted) => {
        if (!Number.isSafeInteger(wanted)) throw new RangeError("a reservation is a whole number of bytes");
        if (wanted <= reserved) return true;
        if (!held || !this.fits(wanted - reserved)) return false;
        this.#reservedBytes += wanted - reserved;
        reserved = wanted;
        return true;
      },
      split: (part) => {
        const available = held && Number.isSafeInteger(part) && part >= 0 && part <= reserved;
        if (!available) throw new RangeError("a reservation has no such part");
        reserved -= part;
        return this.#reservation(part);
      },
      [Symbol.dispose]: () => {
        if (held) this.#reservedBytes -= reserved;
        held = false;
      },
    };
  }
}
