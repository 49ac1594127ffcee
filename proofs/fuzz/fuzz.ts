import type { DatabaseUrls } from "@flowstate/local/servers/postgres.ts";
import type { Control } from "./controls/controls.ts";
import { tryControl } from "./controls/try-control.ts";
import { FuzzReport } from "./report.ts";
import { type Range, runRange } from "./run/run-target.ts";
import type { Target } from "./target.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** How many inputs each target gets. */
  readonly plan: ReadonlyMap<Target, number>;
  readonly controls: readonly Control[];
  readonly corpora: readonly string[];
  /** How many processes take inputs at the same time. */
  readonly jobs: number;
  /** For targets that need one; otherwise they start PostgreSQL. */
  readonly database?: DatabaseUrls;
  onInput?(): void;
  /** Told what there is so far, when a part of the inputs is through. */
  onPart?(report: FuzzReport): Promise<void>;
}

/** What one process takes before it is ended and its memory compared with what it held: the next one begins anew. */
const MAX_RANGE = 5_000;

/** So many inputs, to each target its share; at least one. */
export function sharesOf(targets: readonly Target[], inputs: number): ReadonlyMap<Target, number> {
  const whole = targets.reduce((sum, { share }) => sum + share, 0);
  return new Map(
    targets.map((target) => [target, Math.max(1, Math.round((inputs * target.share) / Math.max(whole, 1)))]),
  );
}

/** Gives every target its inputs, then looks whether planted bugs are found. */
export async function fuzz({
  seed,
  plan,
  controls,
  corpora,
  jobs,
  database,
  onInput,
  onPart,
}: FuzzOptions): Promise<FuzzReport> {
  const report = new FuzzReport(seed);
  const opening = { corpora: [...corpora], ...(database !== undefined && { database }) };
  const work: (() => Promise<void>)[] = rangesOf(plan, seed).map((range) => async () => {
    const result = await runRange(range, { opening, ...(onInput !== undefined && { onInput }) });
    report.add(range.target, range.until - range.from, result);
    await onPart?.(report);
  });
  for (const control of controls) {
    work.push(async () => {
      report.controls.push({ control, found: await tryControl(control, seed, corpora) });
    });
  }
  const worker = async () => {
    for (let next = work.shift(); next !== undefined; next = work.shift()) await next();
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return report;
}

function rangesOf(plan: ReadonlyMap<Target, number>, seed: number): readonly Range[] {
  return [...plan].flatMap(([target, inputs]) => {
    const ranges = Math.ceil(inputs / MAX_RANGE);
    const edge = (index: number) => Math.round((inputs * index) / ranges);
    return Array.from({ length: ranges }, (_, index) => ({ target, seed, from: edge(index), until: edge(index + 1) }));
  });
}
