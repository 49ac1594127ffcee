import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AuditAnswers } from "./audit-answers.ts";
import { type Bench, startBench } from "./bench/bench.ts";
import { newMark } from "./canaries/canary.ts";
import { type Load, runLoad, runTimedLoad, type SentMail } from "./load.ts";
import { HARDENED } from "./measures/measures.ts";
import { type OpenedFiles, openedFiles } from "./opened-files/opened-files.ts";
import { forLoads, type Phase, SETTINGS } from "./paths/all-paths.ts";
import { AFTER_ANSWER_MS, type Answered } from "./paths/exit-path.ts";
import { residueOf } from "./residue.ts";
import { type PathResult, runPaths } from "./run-paths.ts";
import { type Findings, sumOf } from "./search/findings.ts";
import { mappedFiles } from "./search/process-memory.ts";
import { recentTemporaryFiles } from "./search/recent-files.ts";
import { hitsOf, searchMemory } from "./search/search-bench.ts";
import { Searcher } from "./search/searcher.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** What is sent through the hardened system. */
export interface Plan {
  readonly phases: readonly Phase[];
  /** Loads under which memory is searched all the time. */
  readonly loads: readonly (Load & { readonly name: string })[];
  /** For the cost: nothing else happens meanwhile. */
  readonly timed: Load;
}

export interface LoadResult {
  readonly name: string;
  readonly mails: number;
  readonly planted: number;
  readonly documents: number;
  readonly mailsPerSecond: number;
  /** After the last answer, by place. */
  readonly places: Readonly<Record<string, number>>;
  readonly zeroAfterMs: number | undefined;
  /** How long after its answer anything of a mail was still found while the load went on, milliseconds. */
  readonly longestResidueMs: number;
  /** Canaries seen while the load went on, all looks together: of mails that were under way. It shows that the looks see. */
  readonly seenMeanwhile: number;
}

export interface MemoryProof {
  readonly paths: readonly PathResult[];
  readonly loads: readonly LoadResult[];
  readonly mailsPerSecond: number;
  /** What was found in files and in what was said, by place, after everything. */
  readonly elsewhere: Readonly<Record<string, Findings>>;
  readonly opened: OpenedElsewhere;
}

/** What processes opened for writing beyond their own store, data and log. */
export interface OpenedElsewhere {
  readonly how: OpenedFiles["how"];
  readonly beyondKnown: readonly string[];
  /** Of these, what was not there any more when it was searched. */
  readonly gone: readonly string[];
}

/** Told as soon as something is known. */
export interface Voice {
  path(result: PathResult): void;
  load(result: LoadResult): void;
}

/** Starts the system hardened, sends the plan through it, and searches everything. */
export async function proveMemory(plan: Plan, voice: Voice, stopwatch: Stopwatch): Promise<MemoryProof> {
  const startedAt = Date.now();
  const mark = newMark();
  await using opened = await openedFiles();
  await using bench = await stopwatch.time("start", () => startBench(HARDENED, SETTINGS, opened.runUnder));
  opened.watch(bench);
  await using searcher = new Searcher(mark);
  await using auditing = new AuditAnswers(bench);
  const { mailsPerSecond } = await stopwatch.time("timed load", () => runTimedLoad(bench, mark, plan.timed));
  const { found: afterTimed } = await residueOf(bench, searcher, AFTER_ANSWER_MS);
  const onRow = (results: readonly PathResult[]) => {
    for (const result of results) voice.path(result);
  };
  const { results, answers } = await stopwatch.time("paths", () =>
    runPaths({ bench, searcher, mark, look: "patient", onRow }, plan.phases),
  );
  if (plan.loads.length > 0) await forLoads(bench);
  const loads: LoadResult[] = [];
  for (const load of plan.loads) {
    const result = await stopwatch.time("loads", () => proveLoad(bench, searcher, mark, load));
    loads.push(result);
    voice.load(result);
  }
  const audited = await auditing.texts();
  const mapped = [...new Set(Object.values(bench.processes()).flat().flatMap(mappedFiles))];
  // A service that stops sends what it has not yet exported, and writes its last lines.
  await Promise.all(Object.values(bench.stack.services).map((service) => service.stop()));
  const openedPaths = opened.paths();
  const elsewhere = await stopwatch.time("search elsewhere", () =>
    searchElsewhere(bench, searcher, { answers, audited, mapped, opened: openedPaths, startedAt }),
  );
  const beyond = openedPaths.filter((path) => !isKnown(bench, path));
  return {
    paths: results,
    loads,
    mailsPerSecond,
    elsewhere: { "memory after timed load": sumOf([...afterTimed.values()]), ...elsewhere },
    opened: {
      how: opened.how,
      beyondKnown: beyond,
      gone: beyond.filter((path) => !existsSync(path)),
    },
  };
}

/** Runs a load while memory is searched again and again. */
async function proveLoad(
  bench: Bench,
  searcher: Searcher,
  mark: string,
  load: Load & { readonly name: string },
): Promise<LoadResult> {
  const answeredAt = new Map<number, number>();
  let longestResidueMs = 0;
  let seenMeanwhile = 0;
  let running = true;
  const watching = (async () => {
    while (running) {
      const lookedAt = performance.now();
      const found = await searchMemory(bench, searcher, ["ingest", "extractor", "erp-pusher"]);
      seenMeanwhile += hitsOf(found);
      for (const { hitsByPath } of found.values()) {
        for (const path of hitsByPath.keys()) {
          const answered = answeredAt.get(path ?? -1) ?? lookedAt;
          longestResidueMs = Math.max(longestResidueMs, lookedAt - answered);
        }
      }
      await sleep(AFTER_ANSWER_MS / 4);
    }
  })();
  const onAnswer = ({ path, answeredAt: at }: SentMail) => void answeredAt.set(path, at);
  try {
    const { mails, mailsPerSecond } = await runLoad(bench, mark, load, onAnswer);
    const { found, zeroAfterMs } = await residueOf(bench, searcher, AFTER_ANSWER_MS);
    return {
      name: load.name,
      mails: mails.length,
      planted: mails.reduce((sum, { planted }) => sum + planted, 0),
      documents: mails.reduce((sum, { documents }) => sum + documents, 0),
      mailsPerSecond,
      places: Object.fromEntries([...found].map(([place, { hits }]) => [place, hits])),
      zeroAfterMs,
      longestResidueMs,
      seenMeanwhile,
    };
  } finally {
    running = false;
    await watching;
  }
}

async function searchElsewhere(
  bench: Bench,
  searcher: Searcher,
  {
    answers,
    audited,
    mapped,
    opened,
    startedAt,
  }: {
    readonly answers: readonly Answered[];
    readonly audited: readonly string[];
    readonly mapped: readonly string[];
    readonly opened: readonly string[];
    readonly startedAt: number;
  },
): Promise<Record<string, Findings>> {
  const said = answers.map(({ headers = {}, body, isCallersOwn }) =>
    JSON.stringify([headers, isCallersOwn === true ? "" : (body ?? "")]),
  );
  const recent = recentTemporaryFiles(startedAt);
  const inTemporary = await searcher.search({ files: recent.files });
  return {
    nats_store: await searcher.search({ files: bench.files.nats_store }),
    postgres_data: await searcher.search({ files: bench.files.postgres_data }),
    logs: await searcher.search({ files: bench.files.logs }),
    mapped_files: await searcher.search({ files: mapped }),
    opened_files: await searcher.search({ files: opened }),
    temporary_folders: { ...inTemporary, skipped: [...inTemporary.skipped, ...recent.skipped] },
    spans: await searcher.search({ texts: bench.collector.bodies("traces") }),
    metrics: await searcher.search({ texts: bench.collector.bodies("metrics") }),
    answers: await searcher.search({ texts: said }),
    audit_answers: await searcher.search({ texts: audited }),
    slack: await searcher.search({ texts: bench.slack }),
  };
}

function isKnown(bench: Bench, path: string): boolean {
  return Object.values(bench.files)
    .flat()
    .some((known) => path.startsWith(known));
}
