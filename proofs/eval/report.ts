import type { Evaluation } from "./evaluate.ts";

/** `reports/eval.json`. */
export interface Report {
  readonly files: number;
  readonly fields: number;
  readonly correct: number;
  /** `correct` ÷ `fields`, from 0 to 1; 0 when nothing was compared. */
  readonly accuracy: number;
  readonly lines_expected: number;
  readonly lines_correct: number;
  readonly failures: readonly Failure[];
}

/** A field that differs from the truth. Holds values of the developer's own documents. */
interface Failure {
  readonly file: string;
  /** Who read the document, or the code of its end when nobody did. */
  readonly outcome: string;
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export function reportOf({ evaluated }: Evaluation): Report {
  const comparisons = evaluated.flatMap((file) => file.comparisons);
  const correct = comparisons.filter((comparison) => comparison.correct).length;
  return {
    files: evaluated.length,
    fields: comparisons.length,
    correct,
    accuracy: comparisons.length === 0 ? 0 : correct / comparisons.length,
    lines_expected: evaluated.reduce((sum, { linesExpected }) => sum + linesExpected, 0),
    lines_correct: evaluated.reduce((sum, { linesCorrect }) => sum + linesCorrect, 0),
    failures: evaluated.flatMap((file) =>
      file.comparisons
        .filter((comparison) => !comparison.correct)
        .map(({ path, expected, actual }) => ({ file: file.file, outcome: file.outcome, path, expected, actual })),
    ),
  };
}

/** What a person reads: accuracy by field, times, validation, every disagreement. Lines of text. */
export function printedReport(evaluation: Evaluation): readonly string[] {
  const { evaluated, withoutTruth } = evaluation;
  const report = reportOf(evaluation);
  return [
    "",
    ...accuracyByField(evaluation),
    "",
    ...times(evaluated.map(({ durationMs }) => durationMs)),
    `validation: ${counted(evaluated.map(({ status }) => status ?? "none"))}`,
    `read by: ${counted(evaluated.map(({ outcome }) => outcome))}`,
    ...(withoutTruth.length === 0
      ? []
      : ["", "Nothing says what these state:", ...withoutTruth.map((file) => `  ${file}`)]),
    ...(report.failures.length === 0 ? [] : ["", "Disagreements:"]),
    ...report.failures.map(
      ({ file, path, expected, actual }) =>
        `  ${file} ${path}: ${JSON.stringify(expected)}, read ${JSON.stringify(actual)}`,
    ),
    "",
    `${report.files} files, ${report.correct} of ${report.fields} fields (${percent(report.correct, report.fields)}), ` +
      `${report.lines_correct} of ${report.lines_expected} lines`,
  ];
}

function accuracyByField({ evaluated }: Evaluation): string[] {
  const tallies = new Map<string, { correct: number; all: number }>();
  for (const { path, correct } of evaluated.flatMap(({ comparisons }) => comparisons)) {
    const field = path.replaceAll(/\/\d+(?=\/|$)/g, "/*");
    const tally = tallies.get(field) ?? { correct: 0, all: 0 };
    tallies.set(field, { correct: tally.correct + (correct ? 1 : 0), all: tally.all + 1 });
  }
  const width = Math.max(0, ...[...tallies.keys()].map((field) => field.length));
  return [...tallies]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([field, { correct, all }]) =>
        `${field.padEnd(width)}  ${percent(correct, all).padStart(7)}  ${correct} of ${all}`,
    );
}

function times(durations: readonly number[]): string[] {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return sorted.length === 0
    ? []
    : [`time per document: median ${at(0.5)} ms, 95th ${at(0.95)} ms, slowest ${at(1)} ms`];
}

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

/** Rounded down: it is 100 % only when everything is right. */
function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${(Math.floor((part * 10_000) / whole) / 100).toFixed(2)} %`;
}
