import type { TextCell, TextPage } from "../../pdf/text-layer.ts";
import { foldedText } from "../printed/folded-text.ts";
import { printedPattern } from "../printed/printed-pattern.ts";
import { labelledRole } from "./role-words.ts";

export interface Place {
  readonly page: TextPage;
  /** Of its page. */
  readonly row: number;
  readonly cell: TextCell;
  /** What its cell says before it. */
  readonly before: string;
}

/** Letters and digits that a row of a longer value must have to be told from other words. */
const MIN_PART = 4;
const MAX_PLACES = 50;

/** Where a value stands on these pages, the first places of too many; of one that takes several rows, where it begins and ends. */
export function placesOf(value: string, pages: readonly TextPage[]): readonly Place[] {
  const pattern = printedPattern(value);
  const places = placesWhere(pages, (text) => text.search(pattern));
  if (places.length > 0) return places;
  const whole = bare(value);
  return placesWhere(pages, (text) => {
    const part = bare(text);
    const isPart = part.length >= MIN_PART && (whole.startsWith(part) || whole.endsWith(part));
    return isPart && labelledRole(text) === undefined ? 0 : -1;
  });
}

/** Where something is found in a cell: -1 for nowhere. */
function placesWhere(pages: readonly TextPage[], find: (text: string) => number): readonly Place[] {
  const places = pages.flatMap((page) =>
    page.rows.flatMap(({ cells }, row) =>
      cells.flatMap((cell) => {
        const at = find(cell.text);
        return at < 0 ? [] : { page, row, cell, before: cell.text.slice(0, at) };
      }),
    ),
  );
  return places.slice(0, MAX_PLACES);
}

function bare(text: string): string {
  return foldedText(text).replace(/[^\p{L}\p{N}]/gu, "");
}
