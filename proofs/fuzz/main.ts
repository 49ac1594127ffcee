import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { wholeNumber } from "../crash/plan/read-numbers.ts";
import { CONTROLS } from "./controls/controls.ts";
import { fuzz, sharesOf } from "./fuzz.ts";
import { type FuzzReport, fileNameOf } from "./report.ts";
import { loadTarget, TARGET_NAMES } from "./targets/targets.ts";

/**
 * `npm run fuzz [-- --runs N] [--seed N] [--only TARGET,TARGET] [--corpus DIR]... [--jobs N]`: inputs that are nearly what
 * they should be, through every door. Exit code 0 when nothing was wrong with how any was taken, and every planted bug was
 * found.
 */

const ROOT = resolve(import.meta.dirname, "../..");
const REPORTS = join(ROOT, "reports");
/** Inputs of findings, as they are given, and what was thrown: for whoever mends it. */
const FINDINGS = join(REPORTS, "fuzz");
const SHARED_CORPORA = resolve(ROOT, "..", "shared", "corpora");
const DEFAULT_RUNS = "100000";
const DEFAULT_JOBS = "2";
const PROGRESS_MS = 10_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: DEFAULT_RUNS },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: "string" },
    corpus: { type: "string", multiple: true },
    jobs: { type: "string", default: DEFAULT_JOBS },
  },
});
const names = values.only?.split(",") ?? TARGET_NAMES;
const problems = names
  .filter((name) => !TARGET_NAMES.includes(name))
  .map((name) => `--only takes names of doors, separated by commas: ${TARGET_NAMES.join(", ")}; not "${name}"`);
const runs = wholeNumber("runs", values.runs, 1, problems);
const seed = wholeNumber("seed", values.seed, 0, problems);
const jobs = wholeNumber("jobs", values.jobs, 1, problems);
if (problems.length > 0) {
  process.stdout.write(problems.map((problem) => `flowstate: fuzz: ${problem}\n`).join(""));
  process.exit(1);
}
const targets = await Promise.all(names.map(loadTarget));
const controls = CONTROLS.filter(({ target }) => names.includes(target));
const plan = sharesOf(targets, runs);
const planned = [...plan.values()].reduce((sum, inputs) => sum + inputs, 0);
const calledFrom = process.env["INIT_CWD"] ?? process.cwd();
await rm(FINDINGS, { recursive: true, force: true });
await mkdir(FINDINGS, { recursive: true });
let done = 0;
const progress = setInterval(() => process.stdout.write(`${done}/${planned} inputs\n`), PROGRESS_MS);
const report = await fuzz({
  seed,
  plan,
  controls,
  corpora: values.corpus?.map((folder) => resolve(calledFrom, folder)) ?? [SHARED_CORPORA],
  jobs,
  onInput() {
    done += 1;
  },
  onPart: write,
});
clearInterval(progress);
await write(report);
const failures = report.failures();
process.stdout.write(`${report.lines().join("\n")}\n`);
process.stdout.write(
  failures.length === 0 ? `${conclusion()}\n` : `Not so (inputs in ${FINDINGS}):\n  ${failures.join("\n  ")}\n`,
);
process.exit(failures.length === 0 ? 0 : 1);

/** No more than was looked at. */
function conclusion(): string {
  if (values.only === undefined) return "Malformed input harms nothing.";
  return `Nothing was found in ${names.join(", ")}; the other doors were not tried.`;
}

/** What there is so far: a run that is broken off has not been for nothing. */
async function write(report: FuzzReport): Promise<void> {
  await writeFile(join(REPORTS, "fuzz.json"), `${JSON.stringify(report.json(), null, 2)}\n`);
  for (const [index, { target, fault, input }] of report.findings.entries()) {
    const file = join(FINDINGS, fileNameOf(index, target, fault.kind));
    if (input !== undefined) await writeFile(file, input);
    if (fault.detail !== undefined) await writeFile(`${file}.txt`, fault.detail);
  }
}
