import { GhostBytes } from "@flowstate/ghost";

/**
 * Keeps a view of every piece of memory that content was written to while it watches, so that a test can look at what is
 * left there; a piece that is given back to the system is looked at as it goes. Disposing stops watching.
 */
export class RetainedMemory implements Disposable {
  readonly #pieces = new Set<ArrayBufferLike>();
  readonly #watched = new DisposableStack();
  #givenBack = 0;
  #givenBackBytes = 0;

  constructor() {
    const { append, view } = GhostBytes.prototype;
    const { transfer } = ArrayBuffer.prototype;
    const keep = (bytes: Uint8Array) => this.#pieces.add(bytes.buffer);
    const giveBack = (piece: ArrayBuffer) => {
      if (!this.#pieces.delete(piece)) return;
      this.#givenBack += 1;
      this.#givenBackBytes += nonZeroBytes(piece);
    };
    GhostBytes.prototype.append = function (this: GhostBytes, bytes: Uint8Array) {
      append.call(this, bytes);
      for (const slice of this.slices(Number.MAX_SAFE_INTEGER)) keep(slice);
    };
    GhostBytes.prototype.view = function (this: GhostBytes) {
      const bytes = view.call(this);
      keep(bytes);
      return bytes;
    };
    ArrayBuffer.prototype.transfer = function (this: ArrayBuffer, length?: number) {
      giveBack(this);
      return transfer.call(this, length);
    };
    this.#watched.defer(() => {
      Object.assign(GhostBytes.prototype, { append, view });
      ArrayBuffer.prototype.transfer = transfer;
    });
  }

  /** How many pieces of memory were written to. */
  get pieces(): number {
    return this.#pieces.size + this.#givenBack;
  }

  /** Bytes that are not zero now, or were not when they were given back. */
  get leftBytes(): number {
    return [...this.#pieces].reduce((sum, piece) => sum + nonZeroBytes(piece), this.#givenBackBytes);
  }

  [Symbol.dispose](): void {
    this.#watched.dispose();
  }
}

function nonZeroBytes(piece: ArrayBufferLike): number {
  return new Uint8Array(piece).reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
}
