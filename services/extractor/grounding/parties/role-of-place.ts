import type { Place } from "./party-places.ts";
import { type LabelledRole, labelledRole } from "./role-words.ts";

/** Left edges of one column lie at most this far apart, in points. */
const SAME_EDGE = 12;
/** How far a label reaches down, and the gap that ends its block, in points. */
const REACH = 130;
const MAX_GAP = 40;
const FIELD_LABEL = /:\s*$/;

/** What the label says that a place belongs to: in its cell, in the cell on its left, or over it. */
export function roleAt(place: Place): LabelledRole | undefined {
  const { page, row, cell, before } = place;
  const cells = page.rows[row]?.cells ?? [];
  const beside = cells[cells.indexOf(cell) - 1]?.text ?? "";
  return labelledRole(before) ?? labelledRole(beside) ?? roleAbove(place);
}

/** In the place's column, or in that of the field labels (`Name:`) on its left. */
function roleAbove({ page: { rows }, row, cell }: Place): LabelledRole | undefined {
  const first = rows[row]?.cells[0];
  const edges = first !== undefined && FIELD_LABEL.test(first.text) ? [cell.left, first.left] : [cell.left];
  const start = rows[row]?.y ?? 0;
  let lowest = start;
  for (const { y, cells } of rows.slice(0, row).reverse()) {
    if (start - y > REACH || lowest - y > MAX_GAP) return undefined;
    const inColumn = cells.filter(({ left }) => edges.some((edge) => Math.abs(left - edge) <= SAME_EDGE));
    const role = inColumn.map(({ text }) => labelledRole(text)).find((said) => said !== undefined);
    if (role !== undefined) return role;
    if (inColumn.length > 0) lowest = y;
  }
  return undefined;
}
