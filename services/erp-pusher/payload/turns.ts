/**
 * Lets one of all that wait go on in each turn of the event loop, in the order in which they asked. `setImmediate` by itself
 * would let all of them go on in the same turn, and everything else this process does would wait for all of them.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];

  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
  }
}
