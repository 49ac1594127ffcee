import { setTimeout as sleep } from "node:timers/promises";
import { SendGrid } from "@flowstate/local/doubles/sendgrid.ts";
import { newMark } from "../prove/canaries/canary.ts";
import { Searcher } from "../prove/search/searcher.ts";
import { goRun, type StruckRun } from "./go-run.ts";
import { type PlannedRun, planRun } from "./plan/plan-run.ts";
import { CrashReport } from "./report.ts";
import { type CrashSystem, startCrashSystem } from "./system/crash-system.ts";
import { checkDocuments } from "./truth/check-documents.ts";
import { SettlementReader } from "./truth/settlements.ts";

export interface CrashOptions {
  readonly seed: number;
  /** The numbers of the runs, in their order: a run is the same again with the same seed and number. */
  readonly runs: readonly number[];
  /** Of each service. */
  readonly instances: number;
  /** A module that makes the services worse, for the control. */
  readonly spoiledBy?: string;
  /** Told of each run whose mails have ended. */
  onRun?(report: CrashReport): void;
}

/** The first retry comes after five minutes, the last after three days. */
const TIME_SCALE = 1_000;
/** Runs whose mails still wait for leases of processes that are no more, beside the one that strikes. */
const RUNS_AT_ONCE = 8;
/** Memory is searched after so many runs, when nothing is under way. */
const SEARCH_EVERY = 50;
const AFTER_KILL_MS = 5_000;

/** Goes through the runs on one system and compares what everybody knows afterwards. */
export async function crash({ seed, runs, instances, spoiledBy, onRun }: CrashOptions): Promise<CrashReport> {
  const report = new CrashReport(seed);
  const mark = newMark();
  await using system = await startCrashSystem({ instances, ...(spoiledBy !== undefined && { spoiledBy }) });
  await using settlements = await SettlementReader.open(system.stack);
  await using searcher = new Searcher(mark);
  const { settings } = system.stack;
  await using sendgrid = new SendGrid({ url: system.ingest.url, apiKey: settings.apiKey, timeScale: TIME_SCALE });
  const underWay = new Set<Promise<void>>();

  const finish = async ({ run, reached, ended }: StruckRun) => {
    const documents = await ended;
    const wrongs = await checkDocuments(system, settlements, documents);
    report.add(run, { reached, documents: documents.length, wrongs });
    onRun?.(report);
  };
  const search = async () => {
    await Promise.all(underWay);
    await sleep(AFTER_KILL_MS);
    report.residueHits += await residueOf(system, searcher);
  };
  for (const [index, number] of runs.entries()) {
    const run: PlannedRun = planRun(seed, number);
    const finishing = finish(await goRun(system, sendgrid, run, mark));
    underWay.add(finishing);
    void finishing.finally(() => underWay.delete(finishing));
    if (underWay.size >= RUNS_AT_ONCE) await Promise.race(underWay);
    if ((index + 1) % SEARCH_EVERY === 0) await search();
  }
  await search();
  return report;
}

async function residueOf(system: CrashSystem, searcher: Searcher): Promise<number> {
  const found = await Promise.all(system.pids().map((pid) => searcher.search({ pid })));
  return found.reduce((sum, { hits }) => sum + hits, 0);
}
