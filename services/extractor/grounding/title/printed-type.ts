import type { Facts } from "@flowstate/contracts";
import { compareDecimals } from "../../decimal-arithmetic.ts";
import type { TextCell, TextPage, TextRow } from "../../pdf/text-layer.ts";
import { usualHeight } from "../printed/print-size.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { isHeading, titlesIn } from "./document-titles.ts";
import type { TitledType } from "./title-words.ts";

/** How much taller than most of its page a title is, and how near to the tallest of the titles. */
const TALLER = 1.2;
const NEARLY_AS_TALL = 0.9;
/** A number of fewer letters and digits stands for many things. */
const MIN_NUMBER_LENGTH = 3;
/** How far above a number, in points, its column may say what it is. */
const LABEL_REACH = 40;

/**
 * Whether the page calls itself what `document_type` says. The first page that says something counts: what follows it may
 * be attached. A title that is printed larger than the rest says most, because a packing list may well have the number of
 * an invoice; then what the document's own number is called; then a title alone in its row. Undefined where there is
 * nothing of the kind.
 */
export function isPrintedType({ document_type, document_number, totals }: Facts, pages: readonly TextPage[]) {
  const titled = titledTypes(document_number, pages);
  if (titled.length === 0) return undefined;
  const isNegative = compareDecimals(totals.gross ?? totals.tax_basis ?? totals.net ?? "0", "0") < 0;
  return (
    titled.includes(document_type) || (document_type === "invoice" && isNegative && titled.includes("negative_invoice"))
  );
}

/** Whether the page calls itself something that credits what its amounts are, which it then may print without a minus. */
export function isTitledAsCredit({ document_number }: Facts, pages: readonly TextPage[]): boolean {
  const titled = titledTypes(document_number, pages);
  return titled.includes("negative_invoice") || titled.includes("credit_note");
}

function titledTypes(number: string | null, pages: readonly TextPage[]): readonly TitledType[] {
  for (const page of pages) {
    const large = largeTitles(page);
    const said = large.length > 0 ? large : calledNumber(number, page.rows);
    if (said.length > 0) return said;
  }
  const lone = pages[0]?.rows.find(
    // With a number it may be a row of the table: `Lieferschein 4711` over the goods that came with it.
    ({ cells: [first, ...others] }) =>
      first !== undefined && others.length === 0 && !/\d/.test(first.text) && isHeading(first.text),
  );
  return titlesIn(lone?.cells[0]?.text ?? "");
}

/** What the largest of the titles call the document, where they are larger than what else is printed. */
function largeTitles(page: TextPage): readonly TitledType[] {
  const usual = usualHeight(page);
  const cells = page.rows.flatMap((row) => row.cells);
  const headings = cells.filter(({ text, height }) => height >= TALLER * usual && isHeading(text));
  const tallest = headings.reduce((most, { height }) => Math.max(most, height), 0);
  return headings.filter(({ height }) => height >= NEARLY_AS_TALL * tallest).flatMap(({ text }) => titlesIn(text));
}

/** What the document's own number is called: before it in its cell, in the cell on its left, or above it. */
function calledNumber(number: string | null, rows: readonly TextRow[]): readonly TitledType[] {
  if (number === null || number.replace(/[^\p{L}\p{N}]/gu, "").length < MIN_NUMBER_LENGTH) return [];
  const printed = new PrintedValue(number);
  return rows.flatMap(({ y, cells }, row) =>
    cells.flatMap((cell, index) => {
      const at = printed.indexIn(cell.text);
      if (at < 0) return [];
      const said = [cell.text.slice(0, at), cells[index - 1]?.text, cellAbove(cell, y, rows[row - 1])?.text];
      return said.map((text) => titlesIn(text ?? "")).find((titles) => titles.length > 0) ?? [];
    }),
  );
}

/** The cell that lies over this one in the row before. */
function cellAbove({ left, right }: TextCell, y: number, before: TextRow | undefined): TextCell | undefined {
  if (before === undefined || y - before.y > LABEL_REACH) return undefined;
  return before.cells.find((cell) => cell.left < right && left < cell.right);
}
