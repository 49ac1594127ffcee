import type { FindingsCount } from "./findings.ts";
import { MultiSearch } from "./multi-search.ts";
import type { Needle } from "./needles.ts";

/** Longer than any needle with the path behind it, in any form. */
const OVERLAP_BYTES = 64;
/** What a processor keeps near itself between reading it and looking through it. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Searches what is too large to be held at once. One per thread: the memory that it reads into is its own and is used
 * again.
 */
export class PieceSearch {
  readonly #needles: readonly Needle[];
  readonly #search: MultiSearch;
  readonly #memory = Buffer.allocUnsafeSlow(PIECE_BYTES + OVERLAP_BYTES);

  constructor(needles: readonly Needle[]) {
    this.#needles = needles;
    this.#search = new MultiSearch(needles.map(({ bytes }) => bytes));
  }

  /**
   * Searches the bytes from `from` to `to`. `read` fills `target` from `position` and answers how many bytes it could; with
   * none the rest is left out.
   */
  searchRange(
    { from, to, where }: { readonly from: number; readonly to: number; readonly where: string },
    read: (target: Buffer, position: number) => number,
    findings: FindingsCount,
  ): void {
    let kept = 0;
    let position = from;
    for (let isLast = false; !isLast; ) {
      const wanted = Math.min(PIECE_BYTES, to - position);
      const length = wanted === 0 ? 0 : read(this.#memory.subarray(kept, kept + wanted), position);
      position += length;
      findings.searchedBytes += length;
      isLast = length === 0 || position >= to;
      const filled = this.#memory.subarray(0, kept + length);
      // What begins in the overlap is found with the next piece.
      const counted = isLast ? filled.length : filled.length - OVERLAP_BYTES;
      this.#search.search(filled, (index, at) => {
        const needle = this.#needles[index];
        if (needle === undefined || at >= counted) return;
        findings.hit(needle.form, needle.pathAt(filled, at), where, filled, at);
      });
      kept = Math.min(OVERLAP_BYTES, filled.length);
      filled.copyWithin(0, filled.length - kept, filled.length);
    }
  }
}
