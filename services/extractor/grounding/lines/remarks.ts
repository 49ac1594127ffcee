import type { Facts } from "@flowstate/contracts";
import { isBareLine } from "../../validation/bare-line.ts";
import { lettersAndDigits } from "../printed/letters-and-digits.ts";
import type { PlacedNumber, PrintedDocument, PrintedRow } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import type { LineTable } from "./line-table.ts";

/** More lines without numbers than these are no remarks between lines. */
const MAX_REMARKS = 50;
/** Letters and digits that a remark must have to be told from other texts. */
const MIN_LENGTH = 3;
/** How far below a text its numbers may stand, in points. */
const BELOW = 20;

/**
 * The lines that state no number and are none: a heading or a remark that the page prints among the lines, with no number
 * beside or below it that is not read. A line whose numbers were not read is no remark, and neither is one that is nowhere.
 */
export function remarksAmongLines(
  { lines, totals }: Facts,
  table: LineTable | undefined,
  printed: PrintedDocument,
): ReadonlySet<number> {
  const bare = lines.flatMap((line, index) => (isBareLine(line) ? index : []));
  if (table === undefined || bare.length === 0 || bare.length > MAX_REMARKS) return new Set();
  const byRow = Map.groupBy(printed.numbers, ({ row }) => row);
  const isTotal = new Set(
    Object.values(totals).flatMap((total) => (typeof total === "string" ? magnitude(total) : [])),
  );
  const others = table.column.filter(
    (number) => !table.anchors.includes(number) && !number.readings.some((reading) => isTotal.has(reading)),
  );
  const texts = printed.rows.map(({ cells }) => cells.map(({ text }) => lettersAndDigits(text)));
  return new Set(
    bare.filter((index) => {
      const [beginning = ""] = (lines[index]?.description ?? "").split(/, |\n/);
      const wanted = lettersAndDigits(beginning);
      if (wanted.length < MIN_LENGTH) return false;
      const places = texts.flatMap((cells, row) => {
        const cell = cells.findIndex((text) => text.includes(wanted));
        return cell < 0 ? [] : { row, right: printed.rows[row]?.cells[cell]?.right ?? 0 };
      });
      return places.length > 0 && places.every((place) => isWithoutNumbers(place, others, byRow, printed.rows));
    }),
  );
}

function isWithoutNumbers(
  { row, right }: { readonly row: number; readonly right: number },
  others: readonly PlacedNumber[],
  byRow: ReadonlyMap<number, readonly PlacedNumber[]>,
  rows: readonly PrintedRow[],
): boolean {
  if (byRow.get(row)?.some((number) => number.left >= right) === true) return false;
  const { page, y = 0 } = rows[row] ?? {};
  const isBelow = (number: PlacedNumber) => number.page === page && number.y > y && number.y - y <= BELOW;
  return !others.some(isBelow);
}
