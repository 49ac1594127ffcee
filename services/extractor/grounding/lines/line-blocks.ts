import type { Line } from "@flowstate/contracts";
import type { PlacedNumber } from "../printed/printed-document.ts";
import type { LineTable } from "./line-table.ts";
import { numbersOf, type RowNumbers } from "./row-numbers.ts";

/** The rows of one line, the first and the last of them. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

const EVERYWHERE: Block = { from: 0, to: Number.POSITIVE_INFINITY };

/**
 * Which rows of the page belong to which line. A line may take several rows, and the number by which the table was found
 * need not be in the first of them: some tables print it below the line's other numbers, others above.
 */
export function lineBlocks(lines: readonly Line[], table: LineTable | undefined, rows: RowNumbers): readonly Block[] {
  if (table === undefined) return lines.map(() => EVERYWHERE);
  const beginnings = firstRows(lines, table, rows);
  const ends = endsBefore(beginnings);
  let last: PlacedNumber | undefined;
  return lines.map((_, line) => {
    const anchor = table.anchors[line];
    const from = beginnings[line] ?? (last === undefined ? 0 : last.row + 1);
    last = anchor ?? last;
    return { from, to: ends[line] ?? endOfLast(anchor, table, rows) };
  });
}

/** The last line ends where the column goes on, with a total or with a line that was not read. */
function endOfLast(anchor: PlacedNumber | undefined, { column }: LineTable, rows: RowNumbers): number {
  const next = anchor === undefined ? undefined : column.find(({ row }) => row > anchor.row);
  return Math.min(rows.lastWithinReach(anchor), next === undefined ? Number.POSITIVE_INFINITY : next.row - 1);
}

/** For each line that was found, the row it begins with. */
function firstRows(lines: readonly Line[], { anchors }: LineTable, rows: RowNumbers): readonly (number | undefined)[] {
  let [above, below] = [0, 0];
  let lastAnchor: PlacedNumber | undefined;
  const nextAnchors = followed(anchors);
  const bestAbove = lines.map((line, index) => {
    const anchor = anchors[index];
    if (anchor === undefined) return undefined;
    const wanted = numbersOf(line);
    const up = rows.best(wanted, anchor, -1, lastAnchor?.row);
    above += up.score;
    below += rows.best(wanted, anchor, 1, nextAnchors[index]?.row).score;
    lastAnchor = anchor;
    return up.score > rows.score(anchor.row, wanted) ? up.row : anchor.row;
  });
  return above >= below ? bestAbove : anchors.map((anchor) => anchor?.row);
}

/** For each line the number of the next line that was found. */
function followed(anchors: LineTable["anchors"]): LineTable["anchors"] {
  let next: PlacedNumber | undefined;
  return anchors
    .toReversed()
    .map((anchor) => {
      const after = next;
      next = anchor ?? next;
      return after;
    })
    .reverse();
}

/** For each line the row before the beginning of the next line that was found. */
function endsBefore(beginnings: readonly (number | undefined)[]): readonly (number | undefined)[] {
  let next: number | undefined;
  return beginnings
    .toReversed()
    .map((beginning) => {
      const end = next === undefined ? undefined : next - 1;
      next = beginning ?? next;
      return end;
    })
    .reverse();
}
