import { setTimeout as sleep } from "node:timers/promises";
import { SendGrid } from "@flowstate/local/doubles/sendgrid.ts";
import { newMark } from "../prove/canaries/canary.ts";
import { Searcher } from "../prove/search/searcher.ts";
import { goRun, type StruckRun } from "./go-run.ts";
import type { PlannedRun } from "./plan/plan-run.ts";
import type { CrashReport } from "./report.ts";
import { type CrashSystem, startCrashSystem } from "./system/crash-system.ts";
import { checkDocuments, type EndedDocument } from "./truth/check-documents.ts";
import { readEnds } from "./truth/read-ends.ts";
import { SettlementReader } from "./truth/settlements.ts";
import type { Wrongs } from "./truth/wrongs.ts";

/**
 * The first retry comes after five minutes, the last after three days. A lease that nobody renews is in the way for thirty
 * seconds, whatever the scale: what the sender's clock makes two hours of it here, and runs beside this one may strike again.
 */
const TIME_SCALE = 250;
/** Runs whose mails still wait for leases of processes that are no more, beside the one that strikes. */
const RUNS_AT_ONCE = 32;
/** After so many runs nothing is under way for a moment, and it is looked what they left in memory and on record. */
const LOOK_BACK_EVERY = 100;
const AFTER_KILL_MS = 5_000;
/** The record follows the stream, and what an audit had in hand that was killed is handed out again after a minute. */
const RECORD_LIMIT_MS = 90_000;
const CONTROL_RECORD_LIMIT_MS = 5_000;

export interface SystemOptions {
  /** Of each service. */
  readonly instances: number;
  /** A module that makes the services worse, for a control: nothing else is looked for then, and nobody waits for it. */
  readonly spoiledBy?: string;
  /** Told of each run whose mails have ended. */
  onRun?(): void;
}

/** Starts a system, goes through the runs on it, compares what everybody knows afterwards, and adds it to the report. */
export async function goThrough(
  runs: readonly PlannedRun[],
  report: CrashReport,
  { instances, spoiledBy, onRun }: SystemOptions,
): Promise<void> {
  const isControl = spoiledBy !== undefined;
  const mark = newMark();
  await using system = await startCrashSystem({ instances, ...(isControl && { spoiledBy }) });
  await using settlements = await SettlementReader.open(system.stack);
  await using searcher = new Searcher(mark);
  const { settings } = system.stack;
  await using sendgrid = new SendGrid({ url: system.ingest.url, apiKey: settings.apiKey, timeScale: TIME_SCALE });
  const recordLimitMs = isControl ? CONTROL_RECORD_LIMIT_MS : RECORD_LIMIT_MS;
  const underWay = new Set<Promise<void>>();
  const checked: CheckedRun[] = [];

  const finish = async ({ run, reached, ended }: StruckRun) => {
    const documents = await ended;
    const wrongs = await checkDocuments(system, settlements, documents, recordLimitMs);
    report.add(run, { reached, documents: documents.length, wrongs });
    checked.push({ run, documents, wrongs });
    onRun?.();
  };
  const lookBack = async () => {
    await Promise.all(underWay);
    if (!isControl) {
      await sleep(AFTER_KILL_MS);
      const residueHits = await residueOf(system, searcher);
      report.residueHits += residueHits;
    }
    for (const { run, more } of await endedOnceMore(system, checked.splice(0)))
      report.addWrongs(run, { audit_double: more });
  };
  for (const [index, run] of runs.entries()) {
    const finishing = finish(await goRun(system, sendgrid, run, mark));
    underWay.add(finishing);
    // One that failed stays, for whoever waits next.
    finishing.then(
      () => underWay.delete(finishing),
      () => {},
    );
    if (underWay.size >= RUNS_AT_ONCE) await Promise.race(underWay);
    if ((index + 1) % LOOK_BACK_EVERY === 0) await lookBack();
  }
  await lookBack();
}

async function residueOf(system: CrashSystem, searcher: Searcher): Promise<number> {
  const found = await Promise.all(system.pids().map((pid) => searcher.search({ pid })));
  return found.reduce((sum, { hits }) => sum + hits, 0);
}

interface CheckedRun {
  readonly run: PlannedRun;
  readonly documents: readonly EndedDocument[];
  readonly wrongs: Wrongs;
}

/** Documents that have come to a second end since their run was checked: a process that was stopped may go on late. */
async function endedOnceMore(
  { databaseUrl }: CrashSystem,
  runs: readonly CheckedRun[],
): Promise<{ readonly run: PlannedRun; readonly more: number }[]> {
  const ids = runs.flatMap(({ documents }) => documents.flatMap(({ documentId }) => documentId ?? []));
  const ends = await readEnds(databaseUrl, ids);
  return runs.map(({ run, documents, wrongs }) => {
    const doubled = documents.filter(({ documentId = "" }) => (ends.get(documentId)?.length ?? 0) > 1);
    return { run, more: doubled.length - wrongs.audit_double };
  });
}
