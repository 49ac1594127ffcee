import type { TextPage } from "../../pdf/text-layer.ts";

/** How tall most of a page is printed, in points: the median of its cells. 0 for an empty one. */
export function usualHeight({ rows }: TextPage): number {
  const heights = rows.flatMap(({ cells }) => cells.map(({ height }) => height)).sort((a, b) => a - b);
  return heights[heights.length >> 1] ?? 0;
}
