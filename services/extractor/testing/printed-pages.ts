import { type PrintedDocument, printedDocument } from "../grounding/printed/printed-document.ts";
import type { TextRow } from "../pdf/text-layer.ts";

/** Where the columns of the pages below begin, and how far apart their rows are, in points. */
const COLUMN_WIDTH = 100;
const ROW_HEIGHT = 14;
/** Of a character. */
const WIDTH = 5;
/** Of fonts. */
const HEIGHT = 9;
const LARGE = 18;

/**
 * Pages of rows, each row's cells parted by `|`. A cell of digits and signs is set to the right of its column; one that begins
 * with `#` is printed larger.
 */
export function printedPages(...pages: readonly (readonly string[])[]): PrintedDocument {
  return printedDocument({ pages: pages.map((rows) => ({ rows: rows.map(rowOf) })) });
}

function rowOf(row: string, index: number): TextRow {
  const cells = row.split("|").flatMap((cell, column) => {
    const isLarge = cell.trim().startsWith("#");
    const text = cell.trim().replace(/^#/, "").trim();
    if (text === "") return [];
    const edge = 50 + column * COLUMN_WIDTH;
    const width = text.length * WIDTH;
    const left = /^[-\d]/.test(text) ? edge + COLUMN_WIDTH - 10 - width : edge;
    return [{ text, left, right: left + width, height: isLarge ? LARGE : HEIGHT }];
  });
  return { y: 50 + index * ROW_HEIGHT, cells };
}
