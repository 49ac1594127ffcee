import { getHeapStatistics } from "node:v8";

/**
 * Collections that clear what they find. V8 cannot overwrite a string; what it can do is let go of it and zero the memory. All
 * of this needs `gc`, which a hardened process exposes: elsewhere nothing is done.
 */

/** Collects what died young, and clears the half of the young generation that is left by it. A millisecond or two. */
export function collectYoung(): void {
  forgetLastMatch();
  void globalThis.gc?.({ type: "minor", execution: "sync" });
}

/**
 * Collects the whole heap of this thread. What becomes free between objects that live is zeroed (`--zero-unused-memory`) in
 * collections that reduce memory only, so it must be one of them.
 */
export function collectEverything(): void {
  forgetLastMatch();
  if (globalThis.gc !== undefined) reduceMemory();
}

/** How much of what lives may be in use until it is collected again. */
const USED_OF_LIVING = 1.5;

/**
 * Collects the whole heap of this thread if more than `bytes` of it are in use, and returns how many may be the next time: half
 * as much again as lives, so that nobody collects again and again what stays. V8 lets what outlives young collections fill the
 * heap up to its limit where it marks only when it collects (`--no-incremental-marking`): long work asks between its steps.
 */
export function collectBeyond(bytes: number): number {
  if (getHeapStatistics().used_heap_size <= bytes) return bytes;
  collectEverything();
  return Math.max(bytes, USED_OF_LIVING * getHeapStatistics().used_heap_size);
}

/**
 * Of the collections that can be asked for, only the flavour `last-resort` reduces memory, and it marks the heap twice, or
 * more often. V8 makes the same collection once, at once, when an allocation outside of the heap passes half of the heap's limit.
 * So one is made that large: address space that nobody touches, given back before this returns (ADR 0048).
 */
function reduceMemory(): void {
  const bytes = Math.ceil(getHeapStatistics().heap_size_limit / 2);
  try {
    new ArrayBuffer(bytes, { maxByteLength: bytes }).transferToFixedLength(0);
  } catch {
    // There is no such piece of address space.
    void globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  }
}

/**
 * The whole text in which a regular expression last found something is alive until another finds something elsewhere: that is
 * what `RegExp.input` promises (ECMAScript, legacy static properties of the RegExp constructor). It would be content.
 */
export function forgetLastMatch(): void {
  /^/.test("");
}
