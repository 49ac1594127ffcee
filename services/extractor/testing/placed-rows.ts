import { pagePdf } from "@flowstate/local/fixtures/page-pdf.ts";

/** A cell: where it begins, from the left, in points, and what it says. A larger font is given with it. */
export type Cell = readonly [x: number, text: string, size?: number];
export type Row = readonly Cell[];

/** Of a page of DIN A4, in points. */
const TOP = 780;
const ROW_HEIGHT = 16;
const FOOT_TOP = 60;
const FOOT_ROW_HEIGHT = 12;

/** Two columns of rows side by side. */
export function beside(left: readonly Row[], right: readonly Row[]): readonly Row[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => [
    ...(left[at] ?? []),
    ...(right[at] ?? []),
  ]);
}

/** A page of rows from its top, and of others in its foot. */
export function placedRows(rows: readonly Row[], foot: readonly Row[] = []): Buffer {
  const placed = [...rows, ...foot].flatMap((cells, row) => {
    const isFoot = row >= rows.length;
    const y = isFoot ? FOOT_TOP - (row - rows.length) * FOOT_ROW_HEIGHT : TOP - row * ROW_HEIGHT;
    return cells.map(([x, text, size = 9]) => `BT /F ${size} Tf ${x} ${y} Td (${latin(text)}) Tj ET`);
  });
  return pagePdf(placed.join("\n"), { mediaBox: [0, 0, 595, 842] });
}

/** In the font's encoding, WinAnsi. */
function latin(text: string): string {
  return text
    .replace(/[()]/g, (bracket) => `\\${bracket}`)
    .replace(/[^ -~]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
