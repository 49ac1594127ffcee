/**
 * A fixed piece of memory for the few bytes that a streaming reader cannot hand on yet. What was let go of is zero at once,
 * and the memory is used again: what a body can make a reader hold does not grow with it.
 */
export class HeldBytes implements Disposable {
  readonly #memory: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#memory = Buffer.alloc(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get room(): number {
    return this.#memory.length - this.#length;
  }

  /** What is held, in place; zero after `release`. */
  get view(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** Copies the bytes in. Throws `RangeError` if there is no room for them. */
  append(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Zeroes the first `count` bytes, and moves what is behind them to the front. */
  release(count = this.#length): void {
    this.#memory.copyWithin(0, count, this.#length);
    this.#memory.fill(0, this.#length - count, this.#length);
    this.#length -= count;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
