import { GhostBytes } from "@flowstate/ghost";

/**
 * Keeps a view of every piece of memory that content was written to while it watches, so that a test can look at what is
 * left there. Disposing stops watching.
 */
export class RetainedMemory implements Disposable {
  readonly #pieces = new Set<ArrayBufferLike>();
  readonly #append = GhostBytes.prototype.append;

  constructor() {
    const pieces = this.#pieces;
    const append = this.#append;
    GhostBytes.prototype.append = function (this: GhostBytes, bytes: Uint8Array) {
      append.call(this, bytes);
      for (const slice of this.slices(Number.MAX_SAFE_INTEGER)) pieces.add(slice.buffer);
    };
  }

  /** How many pieces of memory were written to. */
  get pieces(): number {
    return this.#pieces.size;
  }

  /** Bytes that are not zero now. */
  get leftBytes(): number {
    let left = 0;
    for (const piece of this.#pieces)
      left += new Uint8Array(piece).reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
    return left;
  }

  [Symbol.dispose](): void {
    GhostBytes.prototype.append = this.#append;
  }
}
