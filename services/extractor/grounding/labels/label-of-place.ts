import type { TextCell } from "../../pdf/text-layer.ts";
import { foldedText } from "../printed/folded-text.ts";
import type { Place } from "../printed/printed-place.ts";

/** How far above a value its label may stand, in points. */
const ABOVE = 40;
/** How far beside its column a label may begin or end, in points. */
const SLACK = 8;
/** A longer text on the left is no label, in UTF-16 units. */
const MAX_BESIDE = 60;
/** A word: shorter ones part a label from its value (`No.`, `vom`, `du`), or are parts of the value. */
const WORD = /\p{L}{4}/u;

/** Where words stand that say what a value is. */
export type LabelPlace = "before" | "beside" | "above";

/**
 * What the words that are printed with a value say that it is: those before it in its cell, else those on its left, else
 * those above it. `meaningsOf` reads folded words. Empty where they say nothing, or nothing that is known.
 */
export function meaningsAt<Meaning>(
  place: Place,
  meaningsOf: (words: string, where: LabelPlace) => ReadonlySet<Meaning>,
): ReadonlySet<Meaning> {
  const before = foldedText(place.before);
  const own = meaningsOf(before, "before");
  if (own.size > 0 || WORD.test(before)) return own;
  const cells = place.page.rows[place.row]?.cells ?? [];
  const beside = cells[cells.indexOf(place.cell) - 1]?.text ?? "";
  // What has a value of its own says nothing of one that has a mark before it: `NIF 12345678Z | Nº 2026-17`.
  const isTaken = /\d/.test(beside) && /\p{L}/u.test(before);
  const onLeft = isTaken || beside.length > MAX_BESIDE ? own : meaningsOf(foldedText(beside), "beside");
  if (onLeft.size > 0) return onLeft;
  const over = foldedText(cellAbove(place)?.text ?? "");
  // With figures it has a value of its own.
  return /\d/.test(over) ? own : meaningsOf(over, "above");
}

/** The nearest cell over this one, or that begins where it does. */
function cellAbove({ page: { rows }, row, cell: { left, right } }: Place): TextCell | undefined {
  const start = rows[row]?.y ?? 0;
  for (let above = row - 1; above >= 0; above--) {
    const { y, cells } = rows[above] ?? { y: start, cells: [] };
    if (start - y > ABOVE) return undefined;
    const over = cells.filter((cell) => cell.left < right + SLACK && left < cell.right + SLACK);
    const [nearest] = over.toSorted((a, b) => Math.abs(a.left - left) - Math.abs(b.left - left));
    if (nearest !== undefined) return nearest;
  }
  return undefined;
}
