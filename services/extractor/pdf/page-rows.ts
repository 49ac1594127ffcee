import type { PaintedGlyph } from "./page-painting.ts";
import type { TextCell, TextPage, TextRow } from "./text-layer.ts";

/** All in parts of the font's height. Gaps: what a space between words takes at least, and what parts two columns. */
const SPACE = 0.15;
const COLUMN_GAP = 1;
/** How far the base lines of one row may lie apart. */
const SAME_ROW = 0.35;
/** Two of the same character closer than this part of their width are one that was printed twice to look bold. */
const SAME_PLACE = 0.5;
const TURNS = [0, 1, 2, 3] as const;

/** Puts the characters of a page into rows and cells, each direction of writing by itself, the commonest first. */
export function pageRows(glyphs: readonly PaintedGlyph[]): readonly TextPage[] {
  return TURNS.map((turn) => glyphs.filter((glyph) => glyph.turn === turn))
    .filter((turned) => turned.length > 0)
    .sort((a, b) => b.length - a.length)
    .map((turned) => ({ rows: rowsOf(turned) }));
}

function rowsOf(glyphs: readonly PaintedGlyph[]): readonly TextRow[] {
  const rows: { readonly y: number; readonly glyphs: PaintedGlyph[] }[] = [];
  for (const glyph of glyphs.toSorted((a, b) => a.across - b.across)) {
    const last = rows.at(-1);
    if (last !== undefined && glyph.across - last.y <= SAME_ROW * glyph.height) last.glyphs.push(glyph);
    else rows.push({ y: glyph.across, glyphs: [glyph] });
  }
  return rows.map((row) => ({ y: row.y, cells: cellsOf(row.glyphs) }));
}

function cellsOf(glyphs: readonly PaintedGlyph[]): readonly TextCell[] {
  const cells: { text: string; left: number; right: number; readonly height: number }[] = [];
  let before: PaintedGlyph | undefined;
  for (const glyph of glyphs.toSorted((a, b) => a.along - b.along)) {
    if (before !== undefined && isSame(before, glyph)) continue;
    const cell = cells.at(-1);
    const end = glyph.along + glyph.advance;
    const gap = cell === undefined ? Number.POSITIVE_INFINITY : (glyph.along - cell.right) / glyph.height;
    if (cell === undefined || gap >= COLUMN_GAP) {
      cells.push({ text: glyph.text, left: glyph.along, right: end, height: glyph.height });
    } else {
      cell.text += gap >= SPACE ? ` ${glyph.text}` : glyph.text;
      cell.right = Math.max(cell.right, end);
    }
    before = glyph;
  }
  return cells;
}

function isSame(a: PaintedGlyph, b: PaintedGlyph): boolean {
  return a.text === b.text && b.along - a.along < SAME_PLACE * a.advance;
}
