import type { Line } from "@flowstate/contracts";
import { isBareLine } from "../../validation/bare-line.ts";
import type { Edge, PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import { matchInOrder } from "./match-in-order.ts";
import type { RowNumbers } from "./row-numbers.ts";
import { settleAnchors } from "./settle-anchors.ts";

/**
 * The table of lines as it is printed: a column of numbers, in the order of the lines. Nothing is assumed about what the
 * column is called; it is found by the values that were read from it.
 */
export interface LineTable {
  readonly key: TableKey;
  /** For each line its number in the column, where it was found. */
  readonly anchors: readonly (PlacedNumber | undefined)[];
  /** Every number of the column that could be a line's, those of lines included, in reading order. */
  readonly column: readonly PlacedNumber[];
}

/** What lines may be found by: their amounts, and where nothing is sold, what is counted or weighed. */
const TABLE_KEYS = ["amount", "quantity", "gross_weight", "net_weight", "packages"] as const;
export type TableKey = (typeof TABLE_KEYS)[number];

/** Numbers whose edges lie at most this far apart, in points, stand in one column. */
const SAME_EDGE = 2;
/** The part of the lines that a column must have to be theirs. */
const MIN_COVERAGE = 0.5;
/** Columns that are compared line by line. */
const MAX_COLUMNS = 8;
/** By which numbers may be set below each other, the commonest first. */
const EDGES = ["cellRight", "right", "left", "cellLeft"] as const satisfies readonly Edge[];

/** Undefined when no column has the values of at least half of the lines that state any. */
export function findLineTable(
  lines: readonly Line[],
  printed: PrintedDocument,
  rows: RowNumbers,
): LineTable | undefined {
  const items = lines.filter((line) => !isBareLine(line)).length;
  for (const key of TABLE_KEYS) {
    const values = lines.map((line) => keyValue(line, key));
    const stated = values.filter((value) => value !== undefined).length;
    if (stated === 0 || stated < items * MIN_COVERAGE) continue;
    const columns = fullestColumns(values, printed, Math.max(1, stated * MIN_COVERAGE));
    const settled = columns.map((column) => {
      const whole = columnAt(column, key, printed);
      return { ...column, whole, ...settleAnchors({ ...column, whole, values, lines, rows }) };
    });
    const [first, ...others] = settled;
    if (first === undefined) continue;
    const best = others.reduce(
      (a, b) => (b.support > a.support || (b.support === a.support && beginsBefore(b, a)) ? b : a),
      first,
    );
    return { key, anchors: best.anchors, column: best.whole };
  }
  return undefined;
}

interface Column {
  readonly edge: Edge;
  readonly at: number;
  /** What of it has the value of a line, in reading order. */
  readonly numbers: readonly PlacedNumber[];
  readonly anchors: readonly (PlacedNumber | undefined)[];
  readonly matched: number;
}

function keyValue(line: Line, key: TableKey): string | undefined {
  const field = line[key];
  const decimal = typeof field === "string" ? field : field?.value;
  return decimal === undefined ? undefined : magnitude(decimal);
}

/** The columns with the most lines in their order. */
function fullestColumns(
  values: readonly (string | undefined)[],
  printed: PrintedDocument,
  atLeast: number,
): readonly Column[] {
  const wanted = countsOf(values.flatMap((value) => value ?? []));
  const candidates = [...new Set([...wanted.keys()].flatMap((value) => printed.numbersByValue.get(value) ?? []))];
  const likely = EDGES.flatMap((edge) =>
    columnsBy(edge, candidates).map((numbers) => ({ edge, numbers, most: inCommon(wanted, numbers) })),
  )
    .filter(({ most }) => most >= atLeast)
    .sort((a, b) => b.most - a.most)
    .slice(0, MAX_COLUMNS);
  const columns = likely.map(({ edge, numbers }): Column => {
    const pairs = matchInOrder(values.length, numbers.length, (line, at) => {
      const value = values[line];
      return value !== undefined && numbers[at]?.readings.includes(value) === true;
    });
    const places = new Map(pairs);
    const anchors = values.map((_, line) => numbers[places.get(line) ?? -1]);
    return { edge, at: numbers[0]?.[edge] ?? 0, numbers, anchors, matched: pairs.length };
  });
  const most = Math.max(atLeast, ...columns.map(({ matched }) => matched));
  const fullest = columns.filter(({ matched }) => matched === most);
  const edge = EDGES.find((each) => fullest.some((column) => column.edge === each));
  return fullest.filter((column) => column.edge === edge);
}

/** How many of these values the numbers have at most, whatever their order. */
function inCommon(wanted: ReadonlyMap<string, number>, numbers: readonly PlacedNumber[]): number {
  let common = 0;
  for (const [value, count] of countsOf(numbers.flatMap(({ readings }) => readings))) {
    common += Math.min(count, wanted.get(value) ?? 0);
  }
  return common;
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function beginsBefore(a: Column, b: Column): boolean {
  const rowOf = ({ anchors }: Column) =>
    anchors.find((anchor) => anchor !== undefined)?.row ?? Number.POSITIVE_INFINITY;
  return rowOf(a) < rowOf(b);
}

function columnsBy(edge: Edge, numbers: readonly PlacedNumber[]): readonly PlacedNumber[][] {
  const columns: PlacedNumber[][] = [];
  for (const number of numbers.toSorted((a, b) => a[edge] - b[edge])) {
    const last = columns.at(-1);
    if (last?.[0] !== undefined && number[edge] - last[0][edge] <= SAME_EDGE) last.push(number);
    else columns.push([number]);
  }
  for (const column of columns) column.sort((a, b) => a.row - b.row || a.left - b.left);
  return columns;
}

/** Everything that stands where the lines do and is written as they are: amounts with cents, and no percentages. */
function columnAt({ edge, at, anchors }: Column, key: TableKey, { numbers }: PrintedDocument): readonly PlacedNumber[] {
  const withCents = key === "amount" && anchors.some((anchor) => anchor?.hasCents === true);
  return numbers.filter(
    (number) => Math.abs(number[edge] - at) <= SAME_EDGE && !number.isPercentage && (number.hasCents || !withCents),
  );
}
