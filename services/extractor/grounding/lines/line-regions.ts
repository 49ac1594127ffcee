import type { Line } from "@flowstate/contracts";
import type { Block } from "./line-blocks.ts";
import type { LineTable } from "./line-table.ts";
import { numbersOf, type RowNumbers } from "./row-numbers.ts";

/**
 * For each line the rows that its texts may stand in, from below the numbers of the last line that was found before to above
 * those of the next. Undefined where that is not known.
 */
export function lineRegions(
  lines: readonly Line[],
  table: LineTable | undefined,
  blocks: readonly Block[],
  rows: RowNumbers,
): readonly (Block | undefined)[] {
  if (table === undefined) return lines.map(() => undefined);
  const { anchors } = table;
  let from = 0;
  return lines.map((line, index) => {
    const [anchor, block] = [anchors[index], blocks[index]];
    if (anchor === undefined || block === undefined) return undefined;
    const region = { from, to: block.to };
    const wanted = numbersOf(line);
    // Some tables print a line's other numbers below the one that it was found by.
    const below = rows.best(wanted, anchor, 1, block.to + 1);
    const last = below.score > rows.score(anchor.row, wanted) ? below.row : anchor.row;
    from = Math.max(block.from, last) + 1;
    return region;
  });
}
