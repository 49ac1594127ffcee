import type { TextCell } from "../pdf/text-layer.ts";
import type { PlacedNumber, PrintedDocument } from "./printed-document.ts";

/** How far above a number the cell may stand that says what it is, in points: two rows of a table. */
const ABOVE = 30;

/**
 * What is printed before a number in its row, from the amount before it on; the whole row up to it where nothing stands
 * between the two, because then one label belongs to both.
 */
export function labelBefore(number: PlacedNumber, { rows, numbers }: PrintedDocument): string {
  const cells = rows[number.row]?.cells ?? [];
  const own = cells.find(({ left }) => left === number.cellLeft)?.text.slice(0, number.start) ?? "";
  const whole = [...cells.filter(({ left }) => left < number.cellLeft).map(({ text }) => text), own].join(" ");
  const isBefore = (other: PlacedNumber) => other.hasCents && !other.isPercentage && other.right <= number.left;
  const before = numbersOfRow(number.row, numbers).filter(isBefore).at(-1);
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
    const [nearest] = found.cells.toSorted((a, b) => distance(a) - distance(b));
    if (nearest !== undefined) labels.push(nearest.text);
  }
  return labels;
}

/** Numbers are in reading order, so those of one row are neighbours. */
function numbersOfRow(row: number, numbers: readonly PlacedNumber[]): readonly PlacedNumber[] {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle]?.row ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  const found: PlacedNumber[] = [];
  for (let at = low; numbers[at]?.row === row; at++) found.push(...numbers.slice(at, at + 1));
  return found;
}
