import { z } from "zod";

/**
 * What a person can read on a document's pages: rows from top to bottom, cells from left to right, distances in points
 * (1/72 inch). A gap wider than a character is tall begins another cell, so that the columns of a table stay apart.
 */

/** Text, where it begins and ends, from the left, and how tall its font is. */
const cellSchema = z.tuple([z.string().min(1), z.number(), z.number(), z.number()]);
/** The base line, from the top, and the cells on it. */
const rowSchema = z.tuple([z.number(), z.array(cellSchema)]);
const textLayerSchema = z.strictObject({ pages: z.array(z.array(rowSchema)) });

/** A text layer as it leaves the thread that read it. */
export type CompactTextLayer = z.input<typeof textLayerSchema>;

export interface TextCell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Of the font of its first character. */
  readonly height: number;
}

export interface TextRow {
  readonly y: number;
  readonly cells: readonly TextCell[];
}

/** One direction of writing on one page: text that was turned by a quarter counts as a page of its own. */
export interface TextPage {
  readonly rows: readonly TextRow[];
}

export interface TextLayer {
  readonly pages: readonly TextPage[];
}

/** Throws for anything else than what `encodeTextLayer` makes. */
export function decodeTextLayer(bytes: Uint8Array): TextLayer {
  const { pages } = textLayerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return {
    pages: pages.map((rows) => ({
      rows: rows.map(([y, cells]) => ({
        y,
        cells: cells.map(([text, left, right, height]) => ({ text, left, right, height })),
      })),
    })),
  };
}
