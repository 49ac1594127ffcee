import type { TextCell, TextPage } from "../../pdf/text-layer.ts";

/** Where a value stands. */
export interface Place {
  readonly page: TextPage;
  /** Of its page. */
  readonly row: number;
  readonly cell: TextCell;
  /** What its cell says before it. */
  readonly before: string;
}

/** Of one value: more are looked at only where somebody wants it to take long. */
const MAX_PLACES = 50;

/** The cells of these pages, in reading order, in which something is found, and where it begins: -1 for nowhere. */
export function placesWhere(pages: readonly TextPage[], find: (text: string) => number): readonly Place[] {
  const places: Place[] = [];
  for (const page of pages) {
    for (const [row, { cells }] of page.rows.entries()) {
      for (const cell of cells) {
        const at = find(cell.text);
        if (at >= 0) places.push({ page, row, cell, before: cell.text.slice(0, at) });
        if (places.length === MAX_PLACES) return places;
      }
    }
  }
  return places;
}
