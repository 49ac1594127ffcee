import type { TextCell } from "../../pdf/text-layer.ts";
import type { PlacedNumber, PrintedDocument } from "./printed-document.ts";

/** How far above a number the cell may stand that says what it is, in points: two rows of a table. */
const ABOVE = 30;

/** A row with more cells, or more numbers, has no label: it would take long to find none in it. */
const MAX_IN_ROW = 100;

/**
 * What is printed before a number in its row, from the amount before it on; the whole row up to it where nothing stands
 * between the two, because then one label belongs to both.
 */
export function labelBefore(number: PlacedNumber, { rows, numbers }: PrintedDocument): string {
  const cells = rows[number.row]?.cells ?? [];
  const inRow = numbersOfRow(number.row, numbers);
  if (Math.max(cells.length, inRow.length) > MAX_IN_ROW) return "";
  const own = cells.find(({ left }) => left === number.cellLeft)?.text.slice(0, number.start) ?? "";
  const whole = [...cells.filter(({ left }) => left < number.cellLeft).map(({ text }) => text), own].join(" ");
  const isBefore = (other: PlacedNumber) => other.hasCents && !other.isPercentage && other.right <= number.left;
  const before = inRow.filter(isBefore).at(-1);
  if (before === undefined) return whole;
  const between = cells.filter(({ left }) => left > before.cellLeft && left < number.cellLeft);
  const nearest = [...between.map(({ text }) => text), own].join(" ");
  return /\p{L}{2}/u.test(nearest) ? nearest : whole;
}

/** What is printed above a number, nearest to it, as in a table whose only row is the totals. */
export function labelsAbove({ row, page, y, cellLeft, cellRight }: PlacedNumber, { rows }: PrintedDocument): string[] {
  const distance = ({ left, right }: TextCell) => Math.max(0, left - cellRight, cellLeft - right);
  const labels: string[] = [];
  for (let above = row - 1; above >= 0; above--) {
    const found = rows[above];
    if (found === undefined || found.page !== page || y - found.y > ABOVE) break;
    if (found.cells.length > MAX_IN_ROW) continue;
    const [nearest] = found.cells.toSorted((a, b) => distance(a) - distance(b));
    if (nearest !== undefined) labels.push(nearest.text);
  }
  return labels;
}

/** Numbers are in reading order, so those of one row are neighbours; of too many, one more than are looked at. */
function numbersOfRow(row: number, numbers: readonly PlacedNumber[]): readonly PlacedNumber[] {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle]?.row ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return numbers.slice(low, low + MAX_IN_ROW + 1).filter((number) => number.row === row);
}
