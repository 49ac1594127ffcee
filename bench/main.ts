import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CASES, QUICK_CASES } from "./cases.ts";
import { runLimits } from "./limits/run-limits.ts";
import { reportOf } from "./report/json.ts";
import { ratioPlot } from "./report/plot.ts";
import { printedReport } from "./report/printed.ts";
import { targetsOf } from "./report/targets.ts";
import { runBench } from "./run-bench.ts";
import { selectCases } from "./select-cases.ts";

/**
 * `npm run bench [-- --rounds N] [--only targets|limits|SIZE_MBxCONCURRENCY,…] [--quick] [--url URL --key KEY --to ADDRESS]`:
 * Flowstate as deployed beside the plain program, in one run. Writes `reports/bench.json` and a picture of each ratio. Exit code 0 when every target that was
 * measured is reached. Linux: it reads /proc.
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
const limits = selection.limits ? await runLimits(values.quick ? "short" : "long", rounds) : undefined;
const results = await runBench({
  cases: selection.cases,
  rounds,
  ...(url !== undefined && { other: { url, apiKey: key ?? "", recipient: to ?? "" } }),
  say: print,
});
const targets = targetsOf(results, limits);
for (const line of printedReport(results, limits, targets)) print(line);
const durationS = Math.round((performance.now() - startedAt) / 1_000);
print(`${durationS} s, ${rounds} rounds`);
await mkdir(REPORTS, { recursive: true });
await writeFile(
  join(REPORTS, "bench.json"),
  `${JSON.stringify({ ...reportOf(results, limits, targets, rounds), duration_s: durationS }, null, 2)}\n`,
);
for (const [ratio, title] of [
  ["throughput", "Throughput, Flowstate ÷ plain: more is better"],
  ["p50", "p50, Flowstate ÷ plain: less is better"],
  ["cpu", "Processor time per mail, Flowstate ÷ plain: less is better"],
  ["memory", "Memory per byte in flight, Flowstate ÷ plain: less is better"],
] as const) {
  await writeFile(join(REPORTS, `bench-${ratio}.svg`), ratioPlot(results, ratio, title));
}
process.exitCode = targets.some(({ measured, reached }) => measured !== undefined && !reached) ? 1 : 0;
