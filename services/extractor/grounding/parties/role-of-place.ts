import type { TextCell } from "../../pdf/text-layer.ts";
import type { Place } from "../printed/printed-place.ts";
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

function roleAbove(place: Place): LabelledRole | undefined {
  for (const { cells, gap, distance } of columnAbove(place)) {
    if (distance > REACH || gap > MAX_GAP) return undefined;
    const role = cells.map(({ text }) => labelledRole(text)).find((said) => said !== undefined);
    if (role !== undefined) return role;
  }
  return undefined;
}

export interface CellsAbove {
  readonly cells: readonly TextCell[];
  /** From the last of the column before, and from the place, in points. */
  readonly gap: number;
  readonly distance: number;
}

/** What stands above a place in its column, or in that of the field labels (`Name:`) on its left, from row to row upwards. */
export function* columnAbove({ page: { rows }, row, cell }: Place): Generator<CellsAbove> {
  const first = rows[row]?.cells[0];
  const edges = first !== undefined && FIELD_LABEL.test(first.text) ? [cell.left, first.left] : [cell.left];
  const start = rows[row]?.y ?? 0;
  let lowest = start;
  for (let above = row - 1; above >= 0; above--) {
    const { y, cells } = rows[above] ?? { y: start, cells: [] };
    const inColumn = cells.filter(({ left }) => edges.some((edge) => Math.abs(left - edge) <= SAME_EDGE));
    if (inColumn.length === 0) continue;
    yield { cells: inColumn, gap: lowest - y, distance: start - y };
    lowest = y;
  }
}
