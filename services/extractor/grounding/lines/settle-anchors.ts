import type { Line } from "@flowstate/contracts";
import type { PlacedNumber } from "../printed/printed-document.ts";
import { numbersOf, type RowNumbers } from "./row-numbers.ts";

/** Places of one value between two lines that are compared. */
const MAX_RIVALS = 8;

interface UnsettledColumn {
  /** Every number of the column, in reading order, and those of them that have the value of a line. */
  readonly whole: readonly PlacedNumber[];
  readonly numbers: readonly PlacedNumber[];
  readonly anchors: readonly (PlacedNumber | undefined)[];
  /** What is looked for in the column, for each line. */
  readonly values: readonly (string | undefined)[];
  readonly lines: readonly Line[];
  readonly rows: RowNumbers;
}

interface SettledAnchors {
  readonly anchors: readonly (PlacedNumber | undefined)[];
  /** How well the places suit the lines: for comparing columns. */
  readonly support: number;
}

/**
 * Where a line's value stands several times between its neighbours (a total may be the amount of the last line), the place
 * is its own where its other numbers are near, nearer than the next number of the column.
 */
export function settleAnchors({ whole, numbers, anchors, values, lines, rows }: UnsettledColumn): SettledAnchors {
  const nexts = nextRows(anchors);
  const neighbours = rowsAround(whole);
  const settled = [...anchors];
  let [support, before, start] = [0, -1, 0];
  for (const [index, line] of lines.entries()) {
    const anchor = anchors[index];
    if (anchor === undefined) continue;
    const wanted = numbersOf(line);
    const next = nexts[index] ?? Number.POSITIVE_INFINITY;
    while (start < numbers.length && (numbers[start]?.row ?? next) <= before) start++;
    let best = { place: anchor, score: -1 };
    for (const place of rivalsFrom(numbers, start, next, values[index])) {
      const { above, below } = neighbours.get(place.row) ?? {};
      const score = rows.support(wanted, place, above, below);
      if (score > best.score) best = { place, score };
    }
    settled[index] = best.place;
    support += best.score;
    before = best.place.row;
  }
  return { anchors: settled, support };
}

/** For each row of a column the rows of the column above and below it. */
function rowsAround(
  whole: readonly PlacedNumber[],
): ReadonlyMap<number, { readonly above?: number; readonly below?: number }> {
  const rows = [...new Set(whole.map(({ row }) => row))];
  return new Map(
    rows.map((row, index) => {
      const [above, below] = [rows[index - 1], rows[index + 1]];
      return [row, { ...(above !== undefined && { above }), ...(below !== undefined && { below }) }];
    }),
  );
}

/** The places of this value from an index on and above the row `until`. */
function rivalsFrom(
  numbers: readonly PlacedNumber[],
  start: number,
  until: number,
  value: string | undefined,
): readonly PlacedNumber[] {
  const rivals: PlacedNumber[] = [];
  for (let at = start; at < numbers.length && rivals.length < MAX_RIVALS; at++) {
    const number = numbers[at];
    if (number === undefined || number.row >= until) break;
    if (value !== undefined && number.readings.includes(value)) rivals.push(number);
  }
  return rivals;
}

/** For each line the row of the next line that was found. */
function nextRows(anchors: readonly (PlacedNumber | undefined)[]): readonly (number | undefined)[] {
  let next: number | undefined;
  return anchors
    .toReversed()
    .map((anchor) => {
      const after = next;
      next = anchor?.row ?? next;
      return after;
    })
    .reverse();
}
