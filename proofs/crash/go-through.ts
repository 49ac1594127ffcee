import { setTimeout as sleep } from "node:timers/promises";
import { SendGrid } from "@flowstate/local/doubles/sendgrid.ts";
import { newMark } from "../prove/canaries/canary.ts";
import { Searcher } from "../prove/search/searcher.ts";
import { goRun, type StruckRun } from "./go-run.ts";
import { isService, PAUSE_MS, type PlannedRun } from "./plan/plan-run.ts";
import type { CrashReport } from "./report.ts";
import { startCrashSystem, type Target } from "./system/crash-system.ts";
import { checkDocuments, type EndedDocument } from "./truth/check-documents.ts";
import { RecordReader } from "./truth/read-record.ts";
import { ResidueWatch } from "./truth/residue-watch.ts";
import { SettlementReader } from "./truth/settlements.ts";
import { moreThan, type Wrongs } from "./truth/wrongs.ts";

/**
 * The first retry comes after five minutes, the last after three days. A lease that nobody renews is in the way for thirty
 * seconds, whatever the scale: what the sender's clock makes two hours of it here, and runs beside this one may strike again.
 */
const TIME_SCALE = 250;
/**
 * Runs whose mails still wait for leases of processes that are no more, beside the one that strikes. What each kill ends half way
 * is begun again: with 32, nearly half of what an extractor read was read for nobody.
 */
const RUNS_AT_ONCE = 8;
/** Shorter than a pause: a mail that lies in a process that is stopped is sent once more, and meets another or the same. */
const ATTEMPT_LIMIT_MS = 60_000;
/** After so many runs nothing is under way for a moment, and it is looked what they left in memory and whether all is still well. */
const LOOK_BACK_EVERY = 100;
const AFTER_KILL_MS = 5_000;
const LET_GO_ON_EVERY_MS = 1_000;
/**
 * The record follows the stream; what an audit had in hand that was killed is handed out again after a minute, and the runs
 * beside may stop audit or its database in that minute.
 */
const RECORD_LIMIT_MS = PAUSE_MS + 90_000;
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
  await using record = new RecordReader(system.databaseUrl, system.stack.settings.auditSigningKey);
  const witnesses = { system, settlements, record };
  await using searcher = new Searcher(mark);
  const residue = new ResidueWatch(searcher);
  await using sendgrid = new SendGrid({
    url: system.ingest.url,
    apiKey: system.stack.settings.apiKey,
    timeScale: TIME_SCALE,
    attemptLimitMs: ATTEMPT_LIMIT_MS,
  });
  const recordLimitMs = isControl ? CONTROL_RECORD_LIMIT_MS : RECORD_LIMIT_MS;
  const underWay = new Set<Promise<void>>();
  const checked: CheckedRun[] = [];

  const beforeStrike = async (targets: readonly Target[]) => {
    if (isControl) return;
    const services = targets.filter(({ victim }) => isService(victim)).map(({ server }) => server.pid);
    report.addResidue(await residue.lookAtServices(services));
  };
  const afterPause = (targets: readonly Target[]) => {
    for (const { server } of targets) residue.wentOn(server.pid);
  };
  const finish = async ({ run, reached, struck, ended }: StruckRun) => {
    const documents = await ended;
    residue.ended(run.number);
    const compared = await checkDocuments(witnesses, documents, recordLimitMs);
    report.add(run, { reached, struck, documents: documents.length, ...compared });
    checked.push({ run, documents, wrongs: compared.wrongs });
    onRun?.();
  };
  const lookBack = async () => {
    // Nobody is to be stopped any more. One may still be on its way to it that has read an order as it was cancelled.
    const lettingGoOn = setInterval(() => system.letAllGoOn(), LET_GO_ON_EVERY_MS);
    await Promise.all(underWay).finally(() => clearInterval(lettingGoOn));
    if (!isControl) {
      await sleep(AFTER_KILL_MS);
      report.addResidue(await residue.lookAtAll(system));
      report.recordFaults.push(...(await record.faults()));
    }
    // A process that was stopped may go on late, and so may what a run beside it has set free.
    for (const { run, documents, wrongs } of checked.splice(0))
      report.addWrongs(run, moreThan(wrongs, (await checkDocuments(witnesses, documents, 0)).wrongs));
  };
  for (const [index, run] of runs.entries()) {
    const finishing = finish(await goRun(run, { system, sendgrid, mark, beforeStrike, afterPause }));
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
  report.endedByThemselves.push(...system.endedByThemselves);
}

interface CheckedRun {
  readonly run: PlannedRun;
  readonly documents: readonly EndedDocument[];
  readonly wrongs: Wrongs;
}
