import type { CaseResult } from "../run-bench.ts";
import { caseName } from "./printed.ts";
import { ratiosOf } from "./ratios.ts";

/** Room for the names at the left, for a bar of length one, and of each row, in the units of the picture. */
const NAMES = 180;
const UNIT = 260;
const ROW = 22;
const BAR = 12;
const MAX_RATIO = 2.5;

/** A picture of one ratio of all cases: bars, and a line where both sides are alike. */
export function ratioPlot(
  cases: readonly CaseResult[],
  ratio: keyof ReturnType<typeof ratiosOf>,
  title: string,
): string {
  const width = NAMES + UNIT * MAX_RATIO + 60;
  const height = ROW * (cases.length + 2);
  const rows = cases.map((result, index) => {
    const value = ratiosOf(result)[ratio];
    const top = ROW * (index + 1) + (ROW - BAR) / 2;
    const length = Number.isFinite(value) ? UNIT * Math.min(value, MAX_RATIO) : 0;
    return (
      `<text x="${NAMES - 8}" y="${top + BAR - 2}" text-anchor="end">${caseName(result)}</text>` +
      `<rect x="${NAMES}" y="${top}" width="${length.toFixed(1)}" height="${BAR}" fill="#2f6f9f"/>` +
      `<text x="${(NAMES + length + 6).toFixed(1)}" y="${top + BAR - 2}">${Number.isFinite(value) ? value.toFixed(2) : "–"}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${NAMES}" y="15" font-weight="bold">${title}</text>
<line x1="${NAMES + UNIT}" x2="${NAMES + UNIT}" y1="${ROW}" y2="${height - ROW / 2}" stroke="#999" stroke-dasharray="4 3"/>
${rows.join("\n")}
</svg>
`;
}
