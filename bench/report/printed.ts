import type { Figures } from "../figures.ts";
import type { Limits } from "../limits/run-limits.ts";
import type { CaseResult } from "../run-bench.ts";
import { ratiosOf } from "./ratios.ts";
import type { Report } from "./report.ts";
import { inSentences } from "./surroundings.ts";

const MB = 1_000_000;

/** The report as it is printed: ratios first, then what they come from. */
export function printedReport({
  cases,
  limits,
  targets,
  rounds,
  surroundings,
  databases,
  durationS,
}: Report): readonly string[] {
  return [
    ...(cases.length === 0 ? [] : caseLines(cases)),
    ...(limits === undefined ? [] : ["Limits, each alone", ...limitLines(limits), ""]),
    "Targets",
    ...targets.flatMap(({ name, wanted, measured, verdict, notes }) => [
      `${verdict.padEnd(VERDICT_WIDTH)}${name}: ${measured === undefined ? "" : `${measured.toFixed(2)}, `}${wanted}`,
      ...notes.map((note) => `${" ".repeat(VERDICT_WIDTH)}${note}`),
    ]),
    "",
    ...inSentences(surroundings, databases),
    `${rounds} rounds, ${durationS} s`,
  ];
}

function caseLines(cases: readonly CaseResult[]): readonly string[] {
  return [
    "Flowstate divided by plain (throughput: more is better; the others: less)",
    row(["case", "throughput", "p50", "cpu", "memory", "growth"]),
    ...cases.map((result) => {
      const { throughput, p50, cpu, memory, memoryGrowth } = ratiosOf(result);
      return row([caseName(result), ...[throughput, p50, cpu, memory, memoryGrowth].map((ratio) => ratio.toFixed(2))]);
    }),
    "",
    "Medians of the rounds; p95 and p99 of all their mails, where these are enough",
    row(["case", "", "mails/s", "p50 ms", "p95 ms", "p99 ms", "mails", "503", "cpu s/mail"]),
    ...cases.flatMap((result) => bySide(result, timeCells)),
    "",
    "Memory, in rounds of its own: the peak, and what it is above the idle side, for each byte in flight",
    row(["case", "", "peak MB", "idle MB", "peak/byte", "growth/byte", "looks", "looking", "503"]),
    ...cases.flatMap((result) => bySide(result, memoryCells)),
    ...unsettled(cases),
    "",
    "Where Flowstate's time goes: the median of each stage, ms, and the processor's, ms per mail",
    ...cases.flatMap((result) => [
      `${caseName(result)}: ${pairs(result.stages, (value) => value.toFixed(0))}`,
      `  ${pairs(result.flowstate.processor?.secondsPerMailByName ?? {}, (value) => (value * 1_000).toFixed(1))}`,
    ]),
    "",
  ];
}

export function caseName({ case: { sizeMb, concurrency, modelDelayMs } }: CaseResult): string {
  return `${sizeMb} MB × ${concurrency}${modelDelayMs === 0 ? "" : `, model ${modelDelayMs / 1_000} s`}`;
}

const NAME_WIDTH = 24;
const CELL_WIDTH = 12;
const VERDICT_WIDTH = 14;
const NOT_SAID = "–";

function row([name = "", ...cells]: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
}

/** A row for each side of a case. */
function bySide(result: CaseResult, cells: (side: Figures) => readonly string[]): readonly string[] {
  return [
    row([caseName(result), "flowstate", ...cells(result.flowstate)]),
    row(["", "plain", ...cells(result.plain)]),
    ...(result.other === undefined ? [] : [row(["", "other", ...cells(result.other)])]),
  ];
}

function timeCells({ mailsPerSecond, p50Ms, p95Ms, p99Ms, mails, busyAnswers, processor }: Figures): readonly string[] {
  return [
    mailsPerSecond.toFixed(1),
    p50Ms.toFixed(0),
    p95Ms?.toFixed(0) ?? NOT_SAID,
    p99Ms?.toFixed(0) ?? NOT_SAID,
    String(mails),
    String(busyAnswers),
    processor?.secondsPerMail.toFixed(3) ?? NOT_SAID,
  ];
}

function memoryCells({ memory }: Figures): readonly string[] {
  if (memory === undefined) return [NOT_SAID];
  return [
    (memory.peakBytes / MB).toFixed(0),
    (memory.idleBytes / MB).toFixed(0),
    memory.peakPerByteInFlight.toFixed(2),
    memory.growthPerByteInFlight.toFixed(2),
    String(memory.looks),
    `${(memory.lookingShare * 100).toFixed(0)} %`,
    String(memory.busyAnswers),
  ];
}

function unsettled(cases: readonly CaseResult[]): readonly string[] {
  return cases.flatMap((result) =>
    [result.flowstate, result.plain].flatMap(({ unsettledRounds }, index) =>
      unsettledRounds === 0
        ? []
        : [
            `${caseName(result)}: ${index === 0 ? "flowstate" : "plain"} still worked when the other's round began, behind ${unsettledRounds} rounds`,
          ],
    ),
  );
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
