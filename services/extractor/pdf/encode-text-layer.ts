import type { CompactTextLayer, TextLayer } from "./text-layer.ts";

/** Apart from what reads it, because the thread that writes it needs no schema and loads by itself for each document. */

const POSITION_DECIMALS = 10;

/** JSON of a `CompactTextLayer`, UTF-8, in an allocation of its own. */
export function encodeTextLayer({ pages }: TextLayer): Uint8Array<ArrayBuffer> {
  const compact: CompactTextLayer = {
    pages: pages.map(({ rows }) =>
      rows.map(({ y, cells }) => [
        rounded(y),
        cells.map(({ text, left, right, height }) => [text, rounded(left), rounded(right), rounded(height)]),
      ]),
    ),
  };
  return new TextEncoder().encode(JSON.stringify(compact));
}

function rounded(points: number): number {
  return Math.round(points * POSITION_DECIMALS) / POSITION_DECIMALS;
}
