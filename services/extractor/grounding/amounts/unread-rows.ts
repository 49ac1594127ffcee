import type { Line } from "@flowstate/contracts";
import type { TextCell } from "../../pdf/text-layer.ts";
import type { LineTable } from "../lines/line-table.ts";
import { lettersAndDigits } from "../printed/letters-and-digits.ts";
import type { PrintedDocument } from "../printed/printed-document.ts";
import { namesSum } from "./total-labels.ts";

/** Edges of one column lie at most this far apart, in points. */
const SAME_EDGE = 2;
/** Columns that all lines must have for another row to be known by them: a word and a number stand in many rows. */
const MIN_COLUMNS = 3;
/** Headings of a form whose boxes are numbered: `6 Kennzeichen`, `11 Bruttogewicht`. */
const BOX = /^\d{1,2}[.)]? \p{L}{3}/u;
/** Letters and digits that a text must have to be told from others. */
const MIN_LENGTH = 3;
/** More rows beside those of the lines are a table of something else. */
const MAX_ROWS = 500;
const TEXTS = ["seller_item_number", "buyer_item_number", "gtin", "hs_code", "description", "batch"] as const;

/**
 * The rows that have a cell in every column which all lines have one in, a number in the column that the lines were found by,
 * and a text that no line has: lines that were not read, before the first and behind the last as well. Rows of sums have no
 * item, or say that they are sums; a copy of the document says what was read.
 */
export function unreadRows(
  lines: readonly Line[],
  { anchors }: LineTable,
  { rows }: PrintedDocument,
): ReadonlySet<number> {
  const found = lines.flatMap((line, index) => {
    const anchor = anchors[index];
    if (anchor === undefined) return [];
    const cells = rows[anchor.row]?.cells ?? [];
    const numbers = cells.filter(({ left }) => left === anchor.cellLeft);
    return { texts: textsOf(line), cells, numbers, row: anchor.row };
  });
  const [first, ...others] = found;
  if (first === undefined) return new Set();
  const columns = first.cells.filter((cell) => others.every(({ cells }) => cellIn(cell, cells) !== undefined));
  const withTexts = columns.filter((cell) =>
    found.every(({ texts, cells }) => isAmong(texts, cellIn(cell, cells)?.text ?? "")),
  );
  if (columns.length < MIN_COLUMNS || withTexts.length === 0) return new Set();
  const own = new Set(found.map(({ row }) => row));
  const read = lines.map(textsOf).join("\n");
  const unread = rows.flatMap(({ cells }, row) => {
    const isLike =
      !own.has(row) &&
      columns.every((cell) => cellIn(cell, cells) !== undefined) &&
      first.numbers.every((cell) => /^\D{0,4}\d/.test(cellIn(cell, cells)?.text ?? "")) &&
      withTexts.some((cell) => isUnread(cellIn(cell, cells)?.text ?? "", read)) &&
      !cells.some(({ text }) => namesSum(text)) &&
      !cells.every(({ text }) => BOX.test(text));
    return isLike ? row : [];
  });
  return new Set(unread.length > MAX_ROWS ? [] : unread);
}

/** What was read of a line, each text in a row of its own, by letters and digits. */
function textsOf(line: Line): string {
  return TEXTS.map((field) => lettersAndDigits(line[field] ?? "")).join("\n");
}

function cellIn({ left, right }: TextCell, cells: readonly TextCell[]): TextCell | undefined {
  return cells.find((cell) => Math.abs(cell.left - left) <= SAME_EDGE || Math.abs(cell.right - right) <= SAME_EDGE);
}

function isAmong(texts: string, cell: string): boolean {
  const bare = lettersAndDigits(cell);
  return bare.length >= MIN_LENGTH && texts.includes(bare);
}

function isUnread(cell: string, read: string): boolean {
  const bare = lettersAndDigits(cell);
  return bare.length >= MIN_LENGTH && !read.includes(bare);
}
