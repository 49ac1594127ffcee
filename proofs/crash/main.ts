import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CONTROLS } from "./controls/controls.ts";
import { crash } from "./crash.ts";
import { planRun } from "./plan/plan-run.ts";
import { readNumbers, wholeNumber } from "./plan/read-numbers.ts";
import type { CrashReport } from "./report.ts";

/**
 * `npm run crash [-- --runs 3000] [--seed N] [--only N,N-N] [--instances 2]`: mails are sent while one part of the system
 * after the other is killed, or stopped for longer than everybody waits; then the ERP, the record, the ledger and the sender
 * are compared. Exit code 0 when nothing was lost, doubled, answered too early, missing on record or left in memory. Linux.
 */

const REPORT = join(resolve(import.meta.dirname, "../.."), "reports", "crash.json");
const DEFAULT_RUNS = "300";
const BAR_WIDTH = 40;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: DEFAULT_RUNS },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: "string" },
    instances: { type: "string", default: "1" },
  },
});
const problems: string[] = [];
const runs = wholeNumber("runs", values.runs, 1, problems);
const seed = wholeNumber("seed", values.seed, 0, problems);
const instances = wholeNumber("instances", values.instances, 1, problems);
const only = values.only === undefined ? undefined : readNumbers(values.only);
if (only?.length === 0)
  problems.push(`--only takes numbers of runs and ranges of them, 7,100-199, not "${values.only}"`);
if (process.platform !== "linux")
  problems.push("it looks into /proc, which only Linux has: run it there, or in a container");
if (problems.length > 0) {
  process.stdout.write(problems.map((problem) => `flowstate: crash: ${problem}\n`).join(""));
  process.exit(1);
}
const numbers = only ?? [...Array(runs).keys()];
mkdirSync(dirname(REPORT), { recursive: true });
const report = await crash({
  seed,
  runs: numbers.map((number) => planRun(seed, number)),
  instances,
  onRun: (report) => {
    // What has come of hours must not depend on the last minute.
    write(report);
    showProgress(report);
  },
});
if (only === undefined) {
  for (const { name, spoiledBy, runs, caught } of CONTROLS) {
    const control = await crash({ seed, runs, instances: 1, spoiledBy });
    report.controls.set(name, caught(control));
    report.brokeOff.push(...control.brokeOff);
  }
}
process.stdout.write(`\n${report.lines().join("\n")}\n`);
write(report);
const failures = report.failures();
process.stdout.write(failures.length === 0 ? `${conclusion()}\n` : `Not so:\n  ${failures.join("\n  ")}\n`);
process.exit(failures.length === 0 ? 0 : 1);

/** No more than was looked at. */
function conclusion(): string {
  const nothing = "Nothing lost, nothing doubled";
  return only === undefined
    ? `${nothing}.`
    : `${nothing} in these ${numbers.length} runs; the controls were not tried.`;
}

function write(report: CrashReport): void {
  writeFileSync(REPORT, `${JSON.stringify(report.json(), null, 2)}\n`);
}

/** A bar on a terminal; elsewhere a line now and then. */
function showProgress({ runs: done, documents, wrongRuns }: CrashReport): void {
  const full = Math.round((done / numbers.length) * BAR_WIDTH);
  const line = `[${"#".repeat(full).padEnd(BAR_WIDTH)}] ${done}/${numbers.length} runs, ${documents} documents, ${wrongRuns.size} wrong`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (done % 10 === 0) process.stdout.write(`${line}\n`);
}
