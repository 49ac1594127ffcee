/** Deliveries to one ERP that wait for a slot: a burst of mails. Each costs a transfer that is kept alive meanwhile. */
export const MAX_WAITING = 500;

/** Why there is no slot: too many wait for one, or the time was over first. */
export type NoSlot = "full" | "late";

interface Waiting {
  readonly grant: (slot: Disposable) => void;
}

/**
 * How many requests one ERP is sent at once. The others wait in order, each no longer than its own time: a slow ERP delays
 * its own tenant's deliveries and nobody else's.
 */
export class DeliverySlots {
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Disposing the slot hands it to whoever has waited longest. Rejects when `signal` is aborted, with its reason. */
  async take(timeLimitMs: number, signal: AbortSignal): Promise<Disposable | NoSlot> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#slot();
    }
    if (this.#waiting.length >= MAX_WAITING) return "full";
    const granted = Promise.withResolvers<Disposable | NoSlot>();
    const waiting: Waiting = { grant: granted.resolve };
    this.#waiting.push(waiting);
    const leave = (settle: () => void) => {
      const place = this.#waiting.indexOf(waiting);
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      settle();
    };
    const aborted = () => leave(() => granted.reject(signal.reason));
    const timer = setTimeout(() => leave(() => granted.resolve("late")), Math.max(0, timeLimitMs));
    signal.addEventListener("abort", aborted, { once: true });
    try {
      return await granted.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    }
  }

  #slot(): Disposable {
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        const next = this.#waiting.shift();
        if (next === undefined) this.#free += 1;
        else next.grant(this.#slot());
      },
    };
  }
}
