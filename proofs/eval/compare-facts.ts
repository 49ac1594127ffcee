import { decimalSchema } from "../../libs/contracts/index.ts";
import { compareDecimals } from "../../services/extractor/decimal-arithmetic.ts";
import { isSameUnit, unitCodeOf } from "../../services/extractor/units/unit-code.ts";
import type { Truth } from "./xml-truth.ts";

/** One field of one document: what the truth says, what was extracted. */
export interface Comparison {
  /** JSON pointer of the truth's field. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly correct: boolean;
}

export interface ComparedFacts {
  readonly comparisons: readonly Comparison[];
  readonly linesExpected: number;
  /** Lines whose fields are all correct. */
  readonly linesCorrect: number;
}

/** Lists whose order says nothing. */
const UNORDERED: ReadonlySet<string> = new Set([
  "tax_ids",
  "tax_by_rate",
  "purchase_order_numbers",
  "container_numbers",
]);

/** What a page cannot be expected to say as the truth does. */
export interface Allowances {
  /** Units agree when they are the same by their codes: `kg` and `KGM`, `Stk` and `C62`. */
  readonly unitsByCode?: boolean;
  /** Whether a field is left out. */
  isIncomparable?(field: Omit<Comparison, "correct">): boolean;
}

/**
 * Every field that the truth states against what was extracted: decimals as numbers, texts whatever their white space. That
 * a list has as many items counts as a field. Where there are not as many lines, they are paired in order so that most
 * fields agree.
 */
export function compareFacts(truth: Truth, extracted: Truth, allowances: Allowances = {}): ComparedFacts {
  const fieldsOf = (expected: unknown, actual: unknown, path: string): Comparison[] =>
    comparedFields(expected, actual, path).flatMap((field) => {
      if (allowances.isIncomparable?.(field) === true) return [];
      const { expected: unit, actual: other } = field;
      const isSameByCode = allowances.unitsByCode === true && /\/unit$/.test(field.path) && hasSameCode(unit, other);
      return { ...field, correct: field.correct || isSameByCode };
    });
  const { lines: expectedLines, ...head } = truth;
  const comparisons = fieldsOf(head, extracted, "");
  if (!Array.isArray(expectedLines)) return { comparisons, linesExpected: 0, linesCorrect: 0 };
  const actualLines = Array.isArray(extracted["lines"]) ? extracted["lines"] : [];
  const byLine = pairedLines(expectedLines, actualLines, fieldsOf).map(([line, other], index) =>
    fieldsOf(line, other, `/lines/${index}`),
  );
  return {
    comparisons: [...comparisons, countOf(expectedLines, actualLines, "/lines"), ...byLine.flat()],
    linesExpected: expectedLines.length,
    linesCorrect: byLine.filter((fields) => fields.every(({ correct }) => correct)).length,
  };
}

function comparedFields(expected: unknown, actual: unknown, path: string, name = ""): Comparison[] {
  if (Array.isArray(expected)) {
    const read = Array.isArray(actual) ? actual : [];
    const [ours = [], theirs = []] = UNORDERED.has(name) ? [sorted(expected), sorted(read)] : [expected, read];
    const items = ours.flatMap((item, index) => comparedFields(item, theirs[index], `${path}/${index}`));
    return [countOf(expected, read, path), ...items];
  }
  if (typeof expected === "object" && expected !== null) {
    return Object.entries(expected).flatMap(([key, value]) =>
      comparedFields(value, part(actual, key), `${path}/${key}`, key),
    );
  }
  return [{ path, expected, actual: actual ?? null, correct: isSame(expected, actual ?? null) }];
}

function part(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function countOf(expected: readonly unknown[], actual: readonly unknown[], path: string): Comparison {
  return { path, expected: expected.length, actual: actual.length, correct: expected.length === actual.length };
}

/** By what names an item, so that two lists sort alike though one knows more of each. */
function sorted(list: readonly unknown[]): unknown[] {
  return list.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

function nameOf(item: unknown): string {
  const name = part(item, "value") ?? part(item, "rate") ?? item;
  return typeof name === "string" ? name : "";
}

function isSame(expected: unknown, actual: unknown): boolean {
  if (typeof expected !== "string" || typeof actual !== "string") return expected === actual;
  if (decimalSchema.safeParse(expected).success && decimalSchema.safeParse(actual).success) {
    return compareDecimals(expected, actual) === 0;
  }
  return plain(expected) === plain(actual);
}

function hasSameCode(one: unknown, other: unknown): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  const [first, second] = [unitCodeOf(one), unitCodeOf(other)];
  return first !== undefined && second !== undefined && isSameUnit(first, second);
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

type Pair = readonly [expected: unknown, actual: unknown];

/** Each expected line with the one that it was read as, if any: the order is kept, and as many fields agree as can. */
function pairedLines(
  expected: readonly unknown[],
  actual: readonly unknown[],
  fieldsOf: (expected: unknown, actual: unknown, path: string) => readonly Comparison[],
): Pair[] {
  if (expected.length === actual.length) return expected.map((line, index) => [line, actual[index]]);
  const agreeing = (i: number, j: number) =>
    fieldsOf(expected[i], actual[j], "").filter(({ correct }) => correct).length;
  // best[i][j]: most fields that agree among the lines from i and from j on.
  const best = Array.from({ length: expected.length + 1 }, () => new Array<number>(actual.length + 1).fill(0));
  const scores = expected.map((_, i) => actual.map((_other, j) => agreeing(i, j)));
  const bestAt = (i: number, j: number) => best[i]?.[j] ?? 0;
  const together = (i: number, j: number) => (scores[i]?.[j] ?? 0) + bestAt(i + 1, j + 1);
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = actual.length - 1; j >= 0; j--) {
      const row = best[i];
      if (row !== undefined) row[j] = Math.max(together(i, j), bestAt(i + 1, j), bestAt(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let [i, j] = [0, 0]; i < expected.length; ) {
    if (j < actual.length && bestAt(i, j) === bestAt(i, j + 1)) {
      j++;
    } else {
      const paired = j < actual.length && bestAt(i, j) === together(i, j);
      pairs.push([expected[i], paired ? actual[j] : undefined]);
      i++;
      if (paired) j++;
    }
  }
  return pairs;
}
