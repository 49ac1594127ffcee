import type { Bench } from "./bench/bench.ts";
import { Planter } from "./canaries/canary.ts";
import type { Phase } from "./paths/all-paths.ts";
import { timesSaid } from "./paths/disturb.ts";
import { type Answered, type ExitPath, NO_ANSWER } from "./paths/exit-path.ts";
import { NeverHappenedError } from "./paths/until.ts";
import { type Residue, residueOf } from "./residue.ts";
import { RowWatch } from "./row-watch.ts";
import type { Sample } from "./search/findings.ts";
import { searchMemory } from "./search/search-bench.ts";
import type { Searcher } from "./search/searcher.ts";

/** What came of one exit path. */
export interface PathResult {
  readonly name: string;
  readonly planted: number;
  readonly documents: number;
  /** Canaries found, by place. */
  readonly places: Record<string, number>;
  readonly zeroAfterMs: number | undefined;
  /** When the search that counts was over. */
  readonly lookedAtMs: number;
  /** How long what it left may stay. */
  readonly graceMs: number;
  /** The way was not taken that should have been: it proves nothing. */
  readonly problem: string | undefined;
  readonly samples: readonly Sample[];
}

export interface PathRun {
  readonly bench: Bench;
  readonly searcher: Searcher;
  readonly mark: string;
  /** Whether memory is searched when a path is gone: it has all of its grace to be clean. */
  readonly isLookedAt: boolean;
  /** Called when a row of paths is through. */
  readonly onRow?: (results: readonly PathResult[]) => void;
  /** Asked after each row whether the others need not be gone. */
  readonly isEnough?: (results: readonly PathResult[]) => boolean;
}

/** What all paths left, and every answer that they got. */
export interface PathsOutcome {
  readonly results: readonly PathResult[];
  readonly answers: readonly Answered[];
}

/** A path that is over, and what is to be found out of it. */
interface BegunPath {
  readonly path: ExitPath;
  readonly planter: Planter;
  readonly problem: string | undefined;
  /** Its own, where other paths are gone beside it. */
  readonly residue: Promise<Residue> | undefined;
}

const NOTHING_LOOKED_AT: Residue = { found: new Map(), zeroAfterMs: undefined, lookedAtMs: 0 };

/** Goes every path, row by row, and searches all memory for each within its time. Canaries say which path each find belongs to. */
export async function runPaths(
  { bench, searcher, mark, isLookedAt, onRow = () => {}, isEnough = () => false }: PathRun,
  phases: readonly Phase[],
): Promise<PathsOutcome> {
  const results: PathResult[] = [];
  const answers: Answered[] = [];
  for (const { row, begins } of rowsOf(phases)) {
    if (begins !== undefined && Object.keys(begins).length > 0) {
      bench.configure(begins);
      await bench.restart("ingest");
    }
    const first = results.length;
    const begun: BegunPath[] = [];
    await using watch = row.length > 1 && isLookedAt ? new RowWatch(() => searchMemory(bench, searcher)) : undefined;
    for (const path of row) {
      const number = first + begun.length;
      const planter = new Planter(mark, number);
      bench.plantsFor(planter);
      const { answer, problem } = await goPath(bench, path, planter);
      answers.push(answer);
      const gone = { path: number, endedAt: performance.now(), graceMs: path.graceMs };
      const residue = watch?.residueOf(gone);
      // A search that fails is told below.
      residue?.catch(() => {});
      begun.push({ path, planter, problem, residue });
    }
    const graceMs = Math.max(...row.map((path) => path.graceMs));
    const together = !isLookedAt || watch !== undefined ? NOTHING_LOOKED_AT : await residueOf(bench, searcher, graceMs);
    const ofRow: PathResult[] = [];
    for (const { path, planter, problem, residue: own } of begun) {
      const residue = (await own) ?? together;
      const number = first + ofRow.length;
      ofRow.push({
        name: path.name,
        planted: planter.planted,
        documents: planter.documents,
        places: hitsByPlace(residue, number),
        zeroAfterMs: residue.zeroAfterMs,
        lookedAtMs: residue.lookedAtMs,
        graceMs: path.graceMs,
        problem: problem ?? unsearchedIn(residue),
        samples: samplesOf(residue, number),
      });
    }
    results.push(...ofRow);
    chargeOthers(results, watch?.last ?? together.found, first, row.length);
    onRow(ofRow);
    for (const { path, planter } of begun) await path.mend?.(bench, planter);
    if (isEnough(results)) break;
  }
  return { results, answers };
}

/** Each row, and with the first of a phase the settings that it begins with. */
function* rowsOf(
  phases: readonly Phase[],
): Generator<{ readonly row: readonly ExitPath[]; readonly begins: NodeJS.ProcessEnv | undefined }> {
  for (const { ingest, rows } of phases) {
    for (const [index, row] of rows.entries()) yield { row, begins: index === 0 ? ingest : undefined };
  }
}

async function goPath(
  bench: Bench,
  path: ExitPath,
  planter: Planter,
): Promise<{ readonly answer: Answered; readonly problem: string | undefined }> {
  const { status = "none", says } = path.expects;
  const saidBefore = says === undefined ? 0 : await timesSaid(bench, says);
  const answer = await path.run(bench, planter).catch((error: unknown) => {
    if (error instanceof NeverHappenedError) return error;
    throw error;
  });
  if (answer instanceof NeverHappenedError) return { answer: NO_ANSWER, problem: answer.message };
  if ((answer.status ?? "none") !== status) return { answer, problem: `answered ${answer.status ?? "nothing"}` };
  if (says !== undefined && (await timesSaid(bench, says)) <= saidBefore)
    return { answer, problem: `nobody says ${says}` };
  return { answer, problem: undefined };
}

function hitsByPlace({ found }: Residue, path: number): Record<string, number> {
  return Object.fromEntries([...found].map(([place, { hitsByPath }]) => [place, hitsByPath.get(path) ?? 0]));
}

function unsearchedIn({ found }: Residue): string | undefined {
  const [first, ...others] = [...found.values()].flatMap(({ skipped }) => skipped);
  return first === undefined ? undefined : `memory could not be read: ${first}, and ${others.length} more`;
}

function samplesOf({ found }: Residue, path: number): readonly Sample[] {
  return [...found.values()].flatMap(({ samples }) => samples.filter((sample) => sample.path === path));
}

/**
 * A find that belongs to a path gone before counts for that one; one that is of no path, or breaks off before it says whose
 * it is, for the last: every find counts somewhere.
 */
function chargeOthers(results: readonly PathResult[], found: Residue["found"], first: number, rowLength: number): void {
  for (const [place, { hitsByPath }] of found) {
    for (const [path, hits] of hitsByPath) {
      if (path !== undefined && path >= first && path < first + rowLength) continue;
      const charged = (path === undefined ? undefined : results[path]) ?? results.at(-1);
      if (charged !== undefined) charged.places[place] = (charged.places[place] ?? 0) + hits;
    }
  }
}
