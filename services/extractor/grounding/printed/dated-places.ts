import type { TextPage, TextRow } from "../../pdf/text-layer.ts";
import { foldedText } from "./folded-text.ts";
import { printedDates } from "./printed-date.ts";
import type { Place } from "./printed-place.ts";

/** Where a date stands. */
export interface DatedPlace extends Place {
  /** Whether it may be another date, with day and month the other way round, as far as the document tells. */
  readonly isOpen: boolean;
}

/** Every date of these pages, ISO 8601, and where it stands, in reading order. What is printed before one is folded. */
export function datedPlaces(pages: readonly TextPage[]): ReadonlyMap<string, readonly DatedPlace[]> {
  const rows = pages.flatMap((page) =>
    page.rows.map((row, index) => ({ page, row, index, folded: row.cells.map(({ text }) => foldedText(text)) })),
  );
  // Over the whole row, because the parts of a date may stand in cells of their own.
  const texts = rows.map(({ folded }) => folded.join(" "));
  const places = new Map<string, DatedPlace[]>();
  for (const { date, text, start, isOpen } of printedDates(texts)) {
    const found = rows[text];
    const place = found === undefined ? undefined : placeAt(start, found.row, found.folded);
    if (found === undefined || place === undefined) continue;
    const known = places.get(date) ?? [];
    known.push({ page: found.page, row: found.index, ...place, isOpen });
    places.set(date, known);
  }
  return places;
}

/** The cell in which something begins that was found in the row's folded text, which is that of its cells. */
function placeAt(
  start: number,
  { cells }: TextRow,
  folded: readonly string[],
): Pick<Place, "cell" | "before"> | undefined {
  let from = 0;
  for (const [index, text] of folded.entries()) {
    const cell = cells[index];
    if (cell !== undefined && start < from + text.length) return { cell, before: text.slice(0, start - from) };
    from += text.length + 1;
  }
  return undefined;
}
