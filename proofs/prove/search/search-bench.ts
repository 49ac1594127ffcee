import { type Bench, MEMORY_PLACES, type MemoryPlace } from "../bench/bench.ts";
import { type Findings, sumOf } from "./findings.ts";
import type { Searcher } from "./searcher.ts";

/** What each place's processes hold now. */
export async function searchMemory(
  bench: Bench,
  searcher: Searcher,
  places: readonly MemoryPlace[] = MEMORY_PLACES,
): Promise<ReadonlyMap<MemoryPlace, Findings>> {
  const processes = bench.processes();
  const found = new Map<MemoryPlace, Findings>();
  for (const place of places) {
    const each: Findings[] = [];
    for (const pid of processes[place]) each.push(await searcher.search({ pid }));
    found.set(place, sumOf(each));
  }
  return found;
}

export function hitsOf(found: ReadonlyMap<string, Findings>): number {
  return [...found.values()].reduce((sum, { hits }) => sum + hits, 0);
}
