import type { Limits } from "../limits/run-limits.ts";
import type { CaseResult } from "../run-bench.ts";
import type { Figures } from "../run-case.ts";
import { ratiosOf } from "./ratios.ts";
import type { Target } from "./targets.ts";

const MB = 1_000_000;

/** The report as it is printed: ratios first, then what they come from. */
export function printedReport(cases: readonly CaseResult[], limits: Limits | undefined, targets: readonly Target[]) {
  return [
    "Flowstate divided by plain (throughput: more is better; the others: less)",
    row(["case", "throughput", "p50", "cpu", "memory"]),
    ...cases.map((result) => {
      const { throughput, p50, cpu, memory } = ratiosOf(result);
      return row([caseName(result), ...[throughput, p50, cpu, memory].map((ratio) => ratio.toFixed(2))]);
    }),
    "",
    row(["case", "", "mails/s", "p50 ms", "p95 ms", "p99 ms", "cpu s/mail", "peak MB", "growth/byte", "503"]),
    ...cases.flatMap((result) => [
      figures(caseName(result), "flowstate", result.flowstate),
      figures("", "plain", result.plain),
      ...(result.other === undefined ? [] : [figures("", "other", result.other)]),
    ]),
    "",
    "Where Flowstate's time goes: the median of each stage, ms, and the processor's, ms per mail",
    ...cases.flatMap((result) => [
      `${caseName(result)}: ${pairs(result.stages, (value) => value.toFixed(0))}`,
      `  ${pairs(result.flowstate.usage?.processorSecondsPerMailByName ?? {}, (value) => (value * 1_000).toFixed(1))}`,
    ]),
    ...(limits === undefined ? [] : ["", "Limits, each alone", ...limitLines(limits)]),
    "",
    ...targets.flatMap(({ name, wanted, measured, reached }) =>
      measured === undefined
        ? []
        : [`${reached ? "reached    " : "not reached"} ${name}: ${measured.toFixed(2)}, ${wanted}`],
    ),
  ];
}

export function caseName({ case: { sizeMb, concurrency, modelDelayMs } }: CaseResult): string {
  return `${sizeMb} MB × ${concurrency}${modelDelayMs === 0 ? "" : `, model ${modelDelayMs / 1_000} s`}`;
}

const NAME_WIDTH = 24;
const CELL_WIDTH = 12;

function row([name = "", ...cells]: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
}

function figures(name: string, side: string, of: Figures): string {
  const { usage } = of;
  return row([
    name,
    side,
    of.mailsPerSecond.toFixed(1),
    of.p50Ms.toFixed(0),
    of.p95Ms.toFixed(0),
    of.p99Ms.toFixed(0),
    usage?.processorSecondsPerMail.toFixed(3) ?? "",
    usage === undefined ? "" : (usage.peakBytes / MB).toFixed(0),
    usage?.growthPerByteInFlight.toFixed(2) ?? "",
    String(of.busyAnswers),
  ]);
}

function pairs(values: Readonly<Record<string, number>>, print: (value: number) => string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${print(value)}`)
    .join(", ");
}

function limitLines(limits: Limits): readonly string[] {
  return Object.entries(limits).map(([name, rate]) =>
    row([name, name === "sql_rows" ? `${rate.toFixed(0)} rows/s` : `${(rate / MB).toFixed(0)} MB/s`]),
  );
}
