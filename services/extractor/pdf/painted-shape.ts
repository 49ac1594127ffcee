/** `[a b c d e f]` of PDF: x' = ax + cy + e, y' = bx + dy + f. */
export type Matrix = readonly [number, number, number, number, number, number];

/** What is drawn first is applied first: a point goes through `inner`, then through `outer`. */
export function multiplied(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

export function placed([a, b, c, d, e, f]: Matrix, x: number, y: number): readonly [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** How much longer distances become, on average over all directions. */
export function scaleOf([a, b, c, d]: Matrix): number {
  return Math.sqrt(Math.abs(a * d - b * c));
}

/** An area of the page, in device space. */
export interface Region {
  contains(x: number, y: number): boolean;
}

/** pdf.js writes a path as one list of numbers: an operator, then its coordinates. */
const MOVE_TO = 0;
const LINE_TO = 1;
const CURVE_TO = 2;
const QUADRATIC_TO = 3;
const CLOSE_PATH = 4;

/** Straight pieces that a curve is taken for: a rounded corner is off by a hair's breadth. */
const PIECES_PER_CURVE = 8;

/** The area inside a path, by either of the two rules of PDF 2.0 (8.5.3.3). */
export class PaintedShape implements Region {
  /** Closed outlines, each x, y, x, y, … */
  readonly #outlines: readonly (readonly number[])[];
  readonly #evenOdd: boolean;
  readonly #left: number;
  readonly #right: number;
  readonly #top: number;
  readonly #bottom: number;

  constructor(path: Iterable<number>, matrix: Matrix, rule: "nonzero" | "even_odd") {
    this.#outlines = outlinesOf(path, matrix);
    this.#evenOdd = rule === "even_odd";
    let [left, right, top, bottom] = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    for (const outline of this.#outlines) {
      for (let at = 0; at < outline.length; at += 2) {
        const [x = 0, y = 0] = [outline[at], outline[at + 1]];
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
    this.#left = left;
    this.#right = right;
    this.#top = top;
    this.#bottom = bottom;
  }

  /** The smaller of width and height; negative for nothing. */
  get thickness(): number {
    return Math.min(this.#right - this.#left, this.#bottom - this.#top);
  }

  contains(x: number, y: number): boolean {
    if (x < this.#left || x > this.#right || y < this.#top || y > this.#bottom) return false;
    let winding = 0;
    let crossings = 0;
    for (const outline of this.#outlines) {
      let [x0 = 0, y0 = 0] = outline.slice(-2);
      for (let at = 0; at < outline.length; at += 2) {
        const x1 = outline[at] ?? 0;
        const y1 = outline[at + 1] ?? 0;
        if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) {
          winding += y1 > y0 ? 1 : -1;
          crossings++;
        }
        x0 = x1;
        y0 = y1;
      }
    }
    return this.#evenOdd ? crossings % 2 === 1 : winding !== 0;
  }
}

export function rectangle([x0, y0, x1, y1]: readonly [number, number, number, number], matrix: Matrix): PaintedShape {
  const path = [MOVE_TO, x0, y0, LINE_TO, x1, y0, LINE_TO, x1, y1, LINE_TO, x0, y1, CLOSE_PATH];
  return new PaintedShape(path, matrix, "nonzero");
}

/** The path around a line of this width along `path`: for each of its straight pieces, the rectangle that it paints. */
export function stroked(path: Iterable<number>, lineWidth: number): readonly number[] {
  const around: number[] = [];
  for (const outline of outlinesOf(path, IDENTITY)) {
    let [x0 = 0, y0 = 0] = outline;
    for (let at = 2; at < outline.length; at += 2) {
      const [x1 = 0, y1 = 0] = outline.slice(at, at + 2);
      const half = lineWidth / 2 / Math.max(Math.hypot(x1 - x0, y1 - y0), Number.MIN_VALUE);
      const [dx, dy] = [(y0 - y1) * half, (x1 - x0) * half];
      around.push(MOVE_TO, x0 + dx, y0 + dy, LINE_TO, x1 + dx, y1 + dy);
      around.push(LINE_TO, x1 - dx, y1 - dy, LINE_TO, x0 - dx, y0 - dy, CLOSE_PATH);
      [x0, y0] = [x1, y1];
    }
  }
  return around;
}

function outlinesOf(path: Iterable<number>, matrix: Matrix): readonly (readonly number[])[] {
  const outlines: number[][] = [];
  let outline: number[] = [];
  const numbers = [...path];
  let at = 0;
  let [x, y] = [0, 0];
  const next = () => numbers[at++] ?? 0;
  const lineTo = (toX: number, toY: number) => {
    [x, y] = [toX, toY];
    outline.push(...placed(matrix, x, y));
  };
  while (at < numbers.length) {
    switch (next()) {
      case MOVE_TO:
        outline = [];
        outlines.push(outline);
        lineTo(next(), next());
        break;
      case LINE_TO:
        lineTo(next(), next());
        break;
      case CURVE_TO:
        curveTo([x, y, next(), next(), next(), next(), next(), next()], lineTo);
        break;
      case QUADRATIC_TO: {
        const [x0, y0, cx, cy, x1, y1] = [x, y, next(), next(), next(), next()];
        const third = (from: number, to: number) => from + (2 / 3) * (to - from);
        curveTo([x0, y0, third(x0, cx), third(y0, cy), third(x1, cx), third(y1, cy), x1, y1], lineTo);
        break;
      }
      default:
        // Closing: every outline counts as closed where an area is asked for.
        break;
    }
  }
  return outlines;
}

type Cubic = readonly [number, number, number, number, number, number, number, number];

function curveTo([x0, y0, x1, y1, x2, y2, x3, y3]: Cubic, lineTo: (x: number, y: number) => void): void {
  for (let piece = 1; piece <= PIECES_PER_CURVE; piece++) {
    const t = piece / PIECES_PER_CURVE;
    const u = 1 - t;
    const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    lineTo(p * x0 + q * x1 + r * x2 + s * x3, p * y0 + q * y1 + r * y2 + s * y3);
  }
}
