/**
 * Finds several patterns at once (Wu and Manber, "A Fast Algorithm for Multi-Pattern Searching", 1994): two bytes are looked
 * up, and the table says how far ahead the next place is where a pattern could end. Most of a process's memory is passed
 * over in steps of the shortest pattern's length.
 */
export class MultiSearch {
  readonly #patterns: readonly Uint8Array[];
  readonly #shortest: number;
  /** By a block of two bytes: how far it is at least to a place where a pattern's beginning could end. */
  readonly #shift: Uint8Array;
  /** Patterns by the block at which their beginning ends. */
  readonly #ending = new Map<number, number[]>();

  /** Each pattern has at least two bytes. */
  constructor(patterns: readonly Uint8Array[]) {
    this.#patterns = patterns;
    this.#shortest = Math.min(...patterns.map(({ length }) => length));
    const furthest = this.#shortest - 1;
    if (furthest < 1 || furthest > 0xff) throw new RangeError("patterns have 2 to 256 bytes");
    this.#shift = new Uint8Array(0x1_0000).fill(furthest);
    for (const [index, pattern] of patterns.entries()) {
      for (let end = 1; end < this.#shortest; end += 1) {
        const block = blockAt(pattern, end);
        this.#shift[block] = Math.min(this.#shift[block] ?? 0, this.#shortest - 1 - end);
      }
      const last = blockAt(pattern, this.#shortest - 1);
      this.#ending.set(last, [...(this.#ending.get(last) ?? []), index]);
    }
  }

  /** Calls `found` for every occurrence that lies within `haystack`, in order of its beginning. */
  search(haystack: Uint8Array, found: (pattern: number, at: number) => void): void {
    const shift = this.#shift;
    const { length } = haystack;
    let end = this.#shortest - 1;
    while (end < length) {
      const block = (haystack[end - 1] ?? 0) | ((haystack[end] ?? 0) << 8);
      const step = shift[block] ?? 1;
      if (step > 0) {
        end += step;
        continue;
      }
      const at = end - this.#shortest + 1;
      for (const index of this.#ending.get(block) ?? []) if (this.#isAt(haystack, index, at)) found(index, at);
      end += 1;
    }
  }

  #isAt(haystack: Uint8Array, index: number, at: number): boolean {
    const pattern = this.#patterns[index];
    if (pattern === undefined || at + pattern.length > haystack.length) return false;
    return pattern.every((byte, offset) => haystack[at + offset] === byte);
  }
}

function blockAt(bytes: Uint8Array, end: number): number {
  return (bytes[end - 1] ?? 0) | ((bytes[end] ?? 0) << 8);
}
