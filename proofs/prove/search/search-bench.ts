import { type Bench, MEMORY_PLACES, type MemoryPlace } from "../bench/bench.ts";
import { type Findings, sumOf } from "./findings.ts";
import type { Searcher } from "./searcher.ts";

/** What each place's processes hold now. Several are searched at a time. */
export async function searchMemory(
  bench: Bench,
  searcher: Searcher,
  places: readonly MemoryPlace[] = MEMORY_PLACES,
): Promise<ReadonlyMap<MemoryPlace, Findings>> {
  const processes = bench.processes();
  const found = places.map(async (place) => {
    const each = await Promise.all(processes[place].map((pid) => searcher.search({ pid })));
    return [place, sumOf(each)] as const;
  });
  return new Map(await Promise.all(found));
}

export function hitsOf(found: ReadonlyMap<string, Findings>): number {
  return [...found.values()].reduce((sum, { hits }) => sum + hits, 0);
}
