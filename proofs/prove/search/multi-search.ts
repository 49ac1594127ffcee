/** A block of a pattern: two bytes, so many bytes behind its beginning. */
interface Block {
  readonly pattern: number;
  readonly before: number;
}

/**
 * Finds several patterns at once. Of the memory of a process only every so manieth pair of bytes is looked up, so far apart
 * that each occurrence of the shortest pattern holds exactly one of them: where no pattern has this pair there is none. One
 * look-up does not wait for the other, as it would where the bytes found say how far to go on: a processor does several at a
 * time.
 */
export class MultiSearch {
  readonly #patterns: readonly Uint8Array[];
  /** From one block that is looked up to the next, bytes. */
  readonly #stride: number;
  /** 1 for blocks of two bytes that a pattern has where it may be looked up. */
  readonly #isKnown = new Uint8Array(0x1_0000);
  readonly #known = new Map<number, Block[]>();

  /** Each pattern has at least two bytes. */
  constructor(patterns: readonly Uint8Array[]) {
    const shortest = Math.min(...patterns.map(({ length }) => length));
    if (shortest < 2 || shortest === Number.POSITIVE_INFINITY) throw new RangeError("patterns have at least two bytes");
    this.#patterns = patterns;
    this.#stride = shortest - 1;
    for (const [pattern, bytes] of patterns.entries()) {
      for (let before = 0; before < this.#stride; before += 1) {
        const block = blockAt(bytes, before);
        this.#isKnown[block] = 1;
        this.#known.set(block, [...(this.#known.get(block) ?? []), { pattern, before }]);
      }
    }
  }

  /** Calls `found` for every occurrence that lies within `haystack`. Those that overlap come in any order. */
  search(haystack: Uint8Array, found: (pattern: number, at: number) => void): void {
    const isKnown = this.#isKnown;
    const stride = this.#stride;
    const last = haystack.length - 1;
    for (let at = stride - 1; at < last; at += stride) {
      const block = blockAt(haystack, at);
      if (isKnown[block] === 0) continue;
      for (const { pattern, before } of this.#known.get(block) ?? []) {
        if (this.#isAt(haystack, pattern, at - before)) found(pattern, at - before);
      }
    }
  }

  #isAt(haystack: Uint8Array, index: number, at: number): boolean {
    const pattern = this.#patterns[index];
    if (pattern === undefined || at < 0 || at + pattern.length > haystack.length) return false;
    return pattern.every((byte, offset) => haystack[at + offset] === byte);
  }
}

function blockAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
