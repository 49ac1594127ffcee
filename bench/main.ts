import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CASES, PACE, QUICK_CASES, QUICK_PACE } from "./cases.ts";
import { runLimits } from "./limits/run-limits.ts";
import { printedReport } from "./report/printed.ts";
import type { Report } from "./report/report.ts";
import { surroundings } from "./report/surroundings.ts";
import { exitCodeOf, targetsOf } from "./report/targets.ts";
import { writeReports } from "./report/write-reports.ts";
import { runBench } from "./run-bench.ts";
import { selectCases } from "./select-cases.ts";

/**
 * `npm run bench [-- --rounds N] [--only targets|limits|SIZE_MBxCONCURRENCY,…] [--quick] [--url URL --key KEY --to ADDRESS]`:
 * Flowstate as deployed beside the plain program, in one run. Prints the report, and writes it to `reports/bench.txt`, as `reports/bench.json` and as a
 * picture of each ratio. Exit code 0 when every target is reached, 1 when one is not, 2 when none is missed but some were not
 * measured, or with too few rounds. Linux: it reads /proc.
 */

const REPORTS = join(resolve(import.meta.dirname, ".."), "reports");
const ROUNDS = "5";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: ROUNDS },
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
    to: { type: "string" },
  },
});
const print = (line: string) => void process.stdout.write(`${line}\n`);
const rounds = Number(values.rounds);
const { url, key, to } = values;
const selection = selectCases(values.quick ? QUICK_CASES : CASES, values.only);
if (
  process.platform !== "linux" ||
  !Number.isSafeInteger(rounds) ||
  rounds < 1 ||
  [url, key, to].includes("") ||
  selection === undefined
) {
  print(
    "flowstate: usage (Linux only): npm run bench -- [--rounds N] [--quick] [--only targets|limits|SIZE_MBxCONCURRENCY,…] [--url URL --key KEY --to ADDRESS]",
  );
  process.exit(1);
}

const startedAt = performance.now();
const measuredOn = await surroundings();
const limits = selection.limits ? await runLimits(values.quick ? "short" : "long", rounds) : undefined;
const { cases, databases } =
  selection.cases.length === 0
    ? { cases: [], databases: {} }
    : await runBench({
        cases: selection.cases,
        rounds,
        pace: values.quick ? QUICK_PACE : PACE,
        ...(url !== undefined && { other: { url, apiKey: key ?? "", recipient: to ?? "" } }),
        say: print,
      });
const targets = targetsOf(cases, limits, { rounds, short: values.quick });
const report: Report = {
  cases,
  limits,
  targets,
  rounds,
  surroundings: measuredOn,
  databases,
  durationS: Math.round((performance.now() - startedAt) / 1_000),
};
for (const line of printedReport(report)) print(line);
await writeReports(REPORTS, report);
process.exitCode = exitCodeOf(targets);
