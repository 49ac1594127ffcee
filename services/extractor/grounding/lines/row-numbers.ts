import type { Line } from "@flowstate/contracts";
import type { PlacedNumber } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";

/** How far from its number in the table's column, in points, a line may say something where no other line is in between. */
const REACH = 100;
/** More rows than can be within reach. */
const MAX_ROWS = 100;

/** The numbers that a line may be recognised by. */
export function numbersOf(line: Line): ReadonlySet<string> {
  const { position, quantity, unit_price, tax_rate, amount, packages, net_weight, gross_weight } = line;
  const stated = [position, quantity, unit_price, tax_rate, amount, packages, net_weight?.value, gross_weight?.value];
  return new Set(
    stated.flatMap((value) => (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value) ? magnitude(value) : [])),
  );
}

interface Row {
  readonly page: number;
  readonly y: number;
  readonly readings: ReadonlySet<string>;
}

/** The numbers of a document by the row they stand in. */
export class RowNumbers {
  readonly #rows: ReadonlyMap<number, Row>;
  readonly #last: number;

  constructor(numbers: readonly PlacedNumber[]) {
    const byRow = Map.groupBy(numbers, ({ row }) => row);
    this.#rows = new Map(
      [...byRow].flatMap(([row, inRow]) => {
        const [first] = inRow;
        if (first === undefined) return [];
        const readings = new Set(inRow.flatMap((number) => number.readings));
        return [[row, { page: first.page, y: first.y, readings }] as const];
      }),
    );
    this.#last = numbers.at(-1)?.row ?? 0;
  }

  /** How many of these numbers the row says. */
  score(row: number, wanted: ReadonlySet<string>): number {
    const readings = this.#rows.get(row)?.readings;
    let score = 0;
    for (const value of wanted) if (readings?.has(value) === true) score++;
    return score;
  }

  /** Of the rows above (-1) or below (1), within reach and before the row `until`, the one that says most of them. */
  best(wanted: ReadonlySet<string>, anchor: PlacedNumber, step: 1 | -1, until: number | undefined) {
    let best = { row: anchor.row, score: 0 };
    for (const row of this.#within(anchor, step)) {
      if (row === until) break;
      const score = this.score(row, wanted);
      if (score > best.score) best = { row, score };
    }
    return best;
  }

  /**
   * How well a place suits the line with these numbers: the most of them that one row says, at the place or near it; of
   * places that suit as well, the nearest to that row.
   */
  support(
    wanted: ReadonlySet<string>,
    place: PlacedNumber,
    after: number | undefined,
    until: number | undefined,
  ): number {
    const found = [this.best(wanted, place, -1, after), this.best(wanted, place, 1, until)];
    const nearby = found.map(({ row, score }) => score * MAX_ROWS - Math.min(MAX_ROWS - 1, Math.abs(row - place.row)));
    return Math.max(this.score(place.row, wanted) * MAX_ROWS, ...nearby);
  }

  /** The last row on the same page that is within reach below. Without an anchor, the last of all. */
  lastWithinReach(anchor: PlacedNumber | undefined): number {
    return anchor === undefined ? this.#last : ([...this.#within(anchor, 1)].at(-1) ?? anchor.row);
  }

  *#within(anchor: PlacedNumber, step: 1 | -1): Generator<number> {
    for (let row = anchor.row + step; row >= 0 && row <= this.#last; row += step) {
      const found = this.#rows.get(row);
      if (found === undefined) continue;
      if (found.page !== anchor.page || Math.abs(anchor.y - found.y) > REACH) return;
      yield row;
    }
  }
}
