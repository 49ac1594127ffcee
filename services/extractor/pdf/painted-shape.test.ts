import { describe, expect, it } from "vitest";
import { IDENTITY, multiplied, PaintedShape, placed, rectangle, stroked } from "./painted-shape.ts";

// Real: everything. Paths as pdf.js writes them: 0 moves, 1 draws a line, 2 a curve, 3 a quadratic curve, 4 closes.

const SQUARE = [0, 0, 0, 1, 10, 0, 1, 10, 10, 1, 0, 10, 4];
const HOLE = [0, 3, 3, 1, 7, 3, 1, 7, 7, 1, 3, 7, 4];

describe("PaintedShape", () => {
  it("contains what lies inside the outline, and not what lies in its box only", () => {
    const triangle = new PaintedShape([0, 0, 0, 1, 10, 0, 1, 0, 10, 4], IDENTITY, "nonzero");
    expect(triangle.contains(2, 2)).toBe(true);
    expect(triangle.contains(8, 8)).toBe(false);
    expect(triangle.contains(-1, 5)).toBe(false);
  });

  it("has a hole where an outline lies in another, by the rule that is asked for", () => {
    expect(new PaintedShape([...SQUARE, ...HOLE], IDENTITY, "even_odd").contains(5, 5)).toBe(false);
    expect(new PaintedShape([...SQUARE, ...HOLE], IDENTITY, "nonzero").contains(5, 5)).toBe(true);
    expect(new PaintedShape([...SQUARE, ...HOLE], IDENTITY, "even_odd").contains(1, 1)).toBe(true);
  });

  it("follows curves", () => {
    const half = new PaintedShape([0, 0, 0, 2, 0, 13.3, 10, 13.3, 10, 0, 4], IDENTITY, "nonzero");
    expect(half.contains(5, 9)).toBe(true);
    expect(half.contains(0.5, 9)).toBe(false);
    const quadratic = new PaintedShape([0, 0, 0, 3, 5, 20, 10, 0, 4], IDENTITY, "nonzero");
    expect(quadratic.contains(5, 9)).toBe(true);
    expect(quadratic.contains(1, 9)).toBe(false);
  });

  it("lies where the matrix puts it", () => {
    const moved = new PaintedShape(SQUARE, [0, 1, -1, 0, 100, 50], "nonzero");
    expect(moved.contains(95, 55)).toBe(true);
    expect(moved.contains(5, 5)).toBe(false);
    expect(moved.thickness).toBe(10);
  });

  it("contains nothing without a path", () => {
    expect(new PaintedShape([], IDENTITY, "nonzero").contains(0, 0)).toBe(false);
    expect(new PaintedShape([], IDENTITY, "nonzero").thickness).toBeLessThan(0);
  });
});

describe("rectangle", () => {
  it("is the area between two corners", () => {
    const box = rectangle([10, 20, 30, 40], IDENTITY);
    expect([box.contains(11, 21), box.contains(29, 39), box.contains(31, 39)]).toEqual([true, true, false]);
  });
});

describe("stroked", () => {
  it("is the area of a thick line, bends included", () => {
    const line = new PaintedShape(stroked([0, 0, 0, 1, 100, 0, 1, 100, 100], 20), IDENTITY, "nonzero");
    expect(line.contains(50, 9)).toBe(true);
    expect(line.contains(50, 11)).toBe(false);
    expect(line.contains(91, 50)).toBe(true);
    expect(line.contains(95, 5)).toBe(true);
  });
});

describe("multiplied", () => {
  it("applies the inner matrix first", () => {
    const scaleThenMove = multiplied([1, 0, 0, 1, 5, 7], [2, 0, 0, 3, 0, 0]);
    expect(placed(scaleThenMove, 1, 1)).toEqual([7, 10]);
  });
});
