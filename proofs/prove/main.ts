import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { MEASURES } from "./counterproof/measures/measures.ts";
import { planOf } from "./plans.ts";
import { prove, provePaths } from "./prove.ts";
import { failuresOf, reportOf, summaryLines } from "./report.ts";

/**
 * `npm run prove [-- --quick | --only WORDS]`: documents full of canaries through every exit path of the hardened system, then a search of
 * the memory of every process, of disks, logs and telemetry. Exit code 0 when nothing is found, the control finds leaks, and
 * without any single measure something is found. With `--only` it goes the paths whose names hold WORDS, and writes no report:
 * for whoever looks for the cause of a find. Linux: it reads /proc/PID/mem.
 */

const REPORT = join(resolve(import.meta.dirname, "../.."), "reports", "prove.json");

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const print = (line: string) => void process.stdout.write(`${line}\n`);

if (process.platform !== "linux") {
  print("flowstate: prove reads /proc/PID/mem, which only Linux has: run it there, or in a container");
  process.exit(1);
}

if (values.only !== undefined) {
  const plan = planOf(values.only);
  if (plan.phases.length === 0) throw new Error(`no exit path's name holds: ${values.only}`);
  const failed = await provePaths(plan, print);
  process.exit(failed.length === 0 ? 0 : 1);
}

const quick = values.quick;
const proof = await prove({
  plan: quick ? "quick" : "long",
  without: MEASURES,
  say: print,
});
const failures = failuresOf(proof, { isLong: !quick });
for (const line of summaryLines(proof)) print(line);
await mkdir(dirname(REPORT), { recursive: true });
await writeFile(REPORT, `${JSON.stringify(reportOf(proof, failures), null, 2)}\n`);
print(failures.length === 0 ? "Proven." : `Not proven:\n${failures.map((failure) => `  ${failure}`).join("\n")}`);
process.exitCode = failures.length === 0 ? 0 : 1;
