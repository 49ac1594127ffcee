import { OPS } from "unpdf/pdfjs";
import { IDENTITY, type Matrix } from "./painted-shape.ts";

/**
 * Arguments of pdf.js's operators. What a document writes where a number belongs comes through as it is, so each one is
 * looked at before it is used; what is none counts as zero.
 */

/** Red, green and blue, each from 0 to 1. */
export type Colour = readonly [number, number, number];

/** What `showText` shows. */
interface Glyph {
  /** What the font says that the character means. */
  readonly unicode: string;
  /** In units of the font. */
  readonly width: number;
  readonly isSpace: boolean;
}

export function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function isNumbers(value: unknown): value is ArrayLike<number> & Iterable<number> {
  if (value instanceof Float32Array || value instanceof Float64Array) return true;
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

export function matrixOf(value: unknown): Matrix {
  if (!isNumbers(value)) return IDENTITY;
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = [...value].map(numberOf);
  return [a, b, c, d, e, f];
}

/** pdf.js turns every plain colour into `#rrggbb`. */
export function colourOf(value: unknown): Colour | undefined {
  if (typeof value !== "string" || !/^#[0-9a-f]{6}$/i.test(value)) return undefined;
  const channel = (at: number) => Number.parseInt(value.slice(at, at + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}

export function isGlyph(value: unknown): value is Glyph {
  if (typeof value !== "object" || value === null) return false;
  if (!("unicode" in value && "width" in value && "isSpace" in value)) return false;
  return typeof value.unicode === "string" && typeof value.width === "number" && typeof value.isSpace === "boolean";
}

/** Whether a group's options say that it makes a mask. */
export function isMask(options: unknown): boolean {
  return typeof options === "object" && options !== null && "smask" in options && Boolean(options.smask);
}

const FILLS: ReadonlySet<unknown> = new Set([
  OPS.fill,
  OPS.eoFill,
  OPS.fillStroke,
  OPS.eoFillStroke,
  OPS.closeFillStroke,
  OPS.closeEOFillStroke,
]);
const EVEN_ODD_FILLS: ReadonlySet<unknown> = new Set([OPS.eoFill, OPS.eoFillStroke, OPS.closeEOFillStroke]);
const STROKES: ReadonlySet<unknown> = new Set([
  OPS.stroke,
  OPS.closeStroke,
  OPS.fillStroke,
  OPS.eoFillStroke,
  OPS.closeFillStroke,
  OPS.closeEOFillStroke,
]);

export function isFill(operator: unknown): boolean {
  return FILLS.has(operator);
}

export function isEvenOdd(operator: unknown): boolean {
  return EVEN_ODD_FILLS.has(operator);
}

export function isStroke(operator: unknown): boolean {
  return STROKES.has(operator);
}
