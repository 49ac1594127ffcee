import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, MemoryPlace } from "./bench/bench.ts";
import { AFTER_ANSWER_MS } from "./paths/exit-path.ts";
import type { Findings } from "./search/findings.ts";
import { hitsOf, searchMemory } from "./search/search-bench.ts";
import type { Searcher } from "./search/searcher.ts";

/** Looked at before its time is over when a search is fast enough not to delay the one that counts. */
const EARLY_LOOK_MS = 200;
const NEXT_LOOK_MS = 500;

/** What was left in memory of content that has left. */
export interface Residue {
  /** As it was when the time was over. */
  readonly found: ReadonlyMap<MemoryPlace, Findings>;
  /** When the first search began that found nothing, and none after it found anything; undefined when all found something. */
  readonly zeroAfterMs: number | undefined;
  /** When the search that counts was over: a busy machine begins it later than it should, and takes longer. */
  readonly lookedAtMs: number;
}

/** How long the last search of a bench took: the measure of whether there is time for an early one. */
const searchMs = new WeakMap<Bench, number>();

/**
 * Searches all memory `AFTER_ANSWER_MS` from now. What is found then counts, unless there are `graceMs`, within which it is
 * looked for again until there is nothing.
 */
export async function residueOf(bench: Bench, searcher: Searcher, graceMs: number): Promise<Residue> {
  const endedAt = performance.now();
  const elapsedMs = () => performance.now() - endedAt;
  let zeroAfterMs: number | undefined;
  const look = async () => {
    const at = elapsedMs();
    const found = await searchMemory(bench, searcher);
    searchMs.set(bench, elapsedMs() - at);
    zeroAfterMs = hitsOf(found) > 0 ? undefined : (zeroAfterMs ?? at);
    return { at, found };
  };
  if ((searchMs.get(bench) ?? AFTER_ANSWER_MS) < AFTER_ANSWER_MS - EARLY_LOOK_MS) {
    await sleep(EARLY_LOOK_MS);
    await look();
  }
  await sleep(Math.max(0, AFTER_ANSWER_MS - elapsedMs()));
  for (;;) {
    const { at, found } = await look();
    if (zeroAfterMs !== undefined || at >= graceMs) return { found, zeroAfterMs, lookedAtMs: elapsedMs() };
    await sleep(Math.max(0, Math.min(NEXT_LOOK_MS, graceMs - elapsedMs())));
  }
}
