import { OPS } from "unpdf/pdfjs";
import { type Colour, colourOf, numberOf } from "./operator-arguments.ts";
import type { Matrix, Region } from "./painted-shape.ts";

/** What may be painted on: what lies in the region, and in all clips around it. */
export interface Clip {
  readonly region: Region;
  readonly within: Clip | undefined;
}

/** What is known of a font besides the characters themselves. */
export interface FontMetrics {
  /** Units of a glyph's width to units of the font's size. */
  readonly widthScale: number;
  readonly vertical: boolean;
}

export interface GraphicsState {
  matrix: Matrix;
  clip: Clip | undefined;
  fill: Colour | undefined;
  stroke: Colour | undefined;
  fillOpacity: number;
  strokeOpacity: number;
  /** Of the groups around. */
  groupOpacity: number;
  /** Both make another colour than the one that was set. */
  masked: boolean;
  blended: boolean;
  lineWidth: number;
  font: FontMetrics;
  size: number;
  characterSpacing: number;
  wordSpacing: number;
  stretch: number;
  leading: number;
  rise: number;
  mode: number;
}

const BLACK: Colour = [0, 0, 0];

export function initialState(matrix: Matrix): GraphicsState {
  return {
    matrix,
    clip: undefined,
    fill: BLACK,
    stroke: BLACK,
    fillOpacity: 1,
    strokeOpacity: 1,
    groupOpacity: 1,
    masked: false,
    blended: false,
    lineWidth: 1,
    font: { widthScale: 0.001, vertical: false },
    size: 0,
    characterSpacing: 0,
    wordSpacing: 0,
    stretch: 1,
    leading: 0,
    rise: 0,
    mode: 0,
  };
}

/** What an operator sets that does nothing else; undefined for every other operator. */
export function stateChange(operator: number, [value]: readonly unknown[]): Partial<GraphicsState> | undefined {
  switch (operator) {
    case OPS.setLineWidth:
      return { lineWidth: numberOf(value) };
    case OPS.setFillRGBColor:
      return { fill: colourOf(value) };
    case OPS.setStrokeRGBColor:
      return { stroke: colourOf(value) };
    case OPS.setFillColorN:
    case OPS.setFillTransparent:
      return { fill: undefined };
    case OPS.setStrokeColorN:
    case OPS.setStrokeTransparent:
      return { stroke: undefined };
    case OPS.setLeading:
      return { leading: -numberOf(value) };
    case OPS.setCharSpacing:
      return { characterSpacing: numberOf(value) };
    case OPS.setWordSpacing:
      return { wordSpacing: numberOf(value) };
    case OPS.setHScale:
      return { stretch: numberOf(value) / 100 };
    case OPS.setTextRise:
      return { rise: numberOf(value) };
    case OPS.setTextRenderingMode:
      return { mode: numberOf(value) };
    default:
      return undefined;
  }
}

/** What an entry of a graphics state dictionary sets, the font apart. */
export function entryChange(key: unknown, value: unknown): Partial<GraphicsState> {
  switch (key) {
    case "LW":
      return { lineWidth: numberOf(value) };
    case "ca":
      return { fillOpacity: numberOf(value) };
    case "CA":
      return { strokeOpacity: numberOf(value) };
    case "BM":
      return { blended: value !== "source-over" };
    case "SMask":
      return { masked: value !== false };
    default:
      return {};
  }
}
