/** Lets a fixed number of callers work at a time, the others wait in order of arrival. */
export class Semaphore {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with a turn, which disposing gives back; with undefined if `signal` aborts before it comes. */
  async take(signal: AbortSignal): Promise<Disposable | undefined> {
    if (signal.aborted) return undefined;
    if (this.#free > 0) this.#free--;
    else if (!(await this.#handedOver(signal))) return undefined;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#release();
        held = false;
      },
    };
  }

  #handedOver(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const proceed = () => {
        signal.removeEventListener("abort", giveUp);
        resolve(true);
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1);
        resolve(false);
      };
      this.#waiting.push(proceed);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Straight to the next in line, if there is one: nobody who comes later can overtake. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
