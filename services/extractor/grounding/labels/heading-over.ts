import type { PlacedNumber, PrintedRow } from "../printed/printed-document.ts";

/** A longer text is a sentence about something else. In UTF-16 units. */
const MAX_LABEL = 60;
/** How far above a number the heading of its column may stand, and how far apart its rows, in points. */
const REACH = 400;
const SAME_HEADING = 14;

/** The cell over a number, or those that are one heading, below any numbers of its column. */
export function headingOver(
  { row, page, y, left, right }: PlacedNumber,
  rows: readonly PrintedRow[],
): readonly string[] {
  let lowest: number | undefined;
  const words: string[] = [];
  for (let above = row - 1; above >= 0; above--) {
    const found = rows[above];
    if (found === undefined || found.page !== page || y - found.y > REACH) break;
    if (lowest !== undefined && lowest - found.y > SAME_HEADING) break;
    const over = found.cells.filter((cell) => cell.left < right && left < cell.right);
    const headings = over.map(({ text }) => label(text)).filter((text) => /\p{L}/u.test(text));
    if (headings.length > 0) lowest ??= found.y;
    words.push(...headings);
  }
  return words;
}

/** What has figures is a value, or has one of its own. */
export function label(text = ""): string {
  return text.length > MAX_LABEL || /\d/.test(text) ? "" : text;
}
