import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, MemoryPlace } from "./bench/bench.ts";
import { type NamedLoad, runLoad, type SentMail } from "./load.ts";
import { AFTER_ANSWER_MS } from "./paths/exit-path.ts";
import { residueOf } from "./residue.ts";
import { hitsOf, searchMemory } from "./search/search-bench.ts";
import type { Searcher } from "./search/searcher.ts";

/** What came of a load. */
export interface LoadResult {
  readonly name: string;
  readonly mails: number;
  readonly planted: number;
  readonly documents: number;
  readonly mailsPerSecond: number;
  /** After the last answer, by place. */
  readonly places: Readonly<Record<string, number>>;
  readonly zeroAfterMs: number | undefined;
  /** When memory was searched, milliseconds after the last answer. */
  readonly graceMs: number;
  /** When the search that counts was over. */
  readonly lookedAtMs: number;
  /** How long after its answer anything of a mail was still found while the load went on, milliseconds. */
  readonly longestResidueMs: number;
  /** How often a place was searched meanwhile. */
  readonly looks: number;
  /** Canaries seen while the load went on, all looks together: of mails that were under way. It shows that the looks see. */
  readonly seenMeanwhile: number;
}

/** Where content passes. One is searched after the other, so that each look is short. */
const LOOKED_AT: readonly MemoryPlace[] = ["extractor", "ingest", "erp-pusher"];

/** Runs a load while memory is searched again and again, and searches it a second after the last answer. */
export async function watchLoad(bench: Bench, searcher: Searcher, mark: string, load: NamedLoad): Promise<LoadResult> {
  const answeredAt = new Map<number, number>();
  let longestResidueMs = 0;
  let seenMeanwhile = 0;
  let looks = 0;
  let running = true;
  const watching = (async () => {
    for (; running; looks += 1) {
      const lookedAt = performance.now();
      const found = await searchMemory(bench, searcher, LOOKED_AT.slice(looks % LOOKED_AT.length).slice(0, 1));
      seenMeanwhile += hitsOf(found);
      for (const { hitsByPath } of found.values()) {
        for (const path of hitsByPath.keys()) {
          const answered = answeredAt.get(path ?? -1) ?? lookedAt;
          longestResidueMs = Math.max(longestResidueMs, lookedAt - answered);
        }
      }
      // Half of the time: what is under way needs the processors, too.
      await sleep(performance.now() - lookedAt);
    }
  })();
  const onAnswer = ({ path, answeredAt: at }: SentMail) => void answeredAt.set(path, at);
  try {
    const { mails, mailsPerSecond } = await runLoad(bench, mark, load, onAnswer);
    // What follows is looked at by the search that counts, which waits for nobody.
    running = false;
    const { found, zeroAfterMs, lookedAtMs } = await residueOf(bench, searcher, AFTER_ANSWER_MS);
    return {
      name: load.name,
      mails: mails.length,
      planted: mails.reduce((sum, { planted }) => sum + planted, 0),
      documents: mails.reduce((sum, { documents }) => sum + documents, 0),
      mailsPerSecond,
      places: Object.fromEntries([...found].map(([place, { hits }]) => [place, hits])),
      zeroAfterMs,
      graceMs: AFTER_ANSWER_MS,
      lookedAtMs,
      longestResidueMs,
      looks,
      seenMeanwhile,
    };
  } finally {
    running = false;
    await watching;
  }
}
