import { collectBeyond } from "@flowstate/ghost/collect.ts";
import type { getDocument } from "unpdf/pdfjs";
import type { FontMetrics } from "./graphics-state.ts";
import { matrixOf } from "./operator-arguments.ts";
import { type PaintedGlyph, paintPage, TooMuchPainted } from "./page-painting.ts";
import { pageRows } from "./page-rows.ts";
import type { TextLayer, TextPage } from "./text-layer.ts";
import { visibleGlyphs } from "./visible-glyphs.ts";

/**
 * Bounds on what is looked at; a document beyond them is read without its text. They stop documents that are made to take
 * long: real ones stay far below. Time is watched from outside.
 */
const MAX_PAGES = 200;
/** Characters and areas of one page, shown or not: a densely printed page has 10,000. */
const MAX_PAINTED = 200_000;
/** Characters times areas of one page: 5,000 characters on a page of 4,000 areas. */
const MAX_TESTS = 20_000_000;
/** Visible characters of the whole document, 2,000 on each page. */
const MAX_CHARACTERS = 400_000;

/** What earlier pages left in the heap is collected beyond this, so that it does not count to the thread's limits. */
const COLLECTED_BEYOND_BYTES = 96 * 1_024 * 1_024;

type Pdf = Awaited<ReturnType<typeof getDocument>["promise"]>;
type Page = Awaited<ReturnType<Pdf["getPage"]>>;

/** Reads what a person can see on the pages. Rejects only for bugs. */
export async function readTextLayer(pdf: Pdf): Promise<TextLayer | "absent" | "unreadable"> {
  if (pdf.numPages > MAX_PAGES) return "unreadable";
  const pages: TextPage[] = [];
  let charactersLeft = MAX_CHARACTERS;
  let heapBytes = COLLECTED_BEYOND_BYTES;
  for (let number = 1; number <= pdf.numPages; number++) {
    const visible = await readPage(pdf, number);
    heapBytes = collectBeyond(heapBytes);
    if (visible === undefined) return "unreadable";
    charactersLeft -= visible.length;
    if (charactersLeft < 0) return "unreadable";
    pages.push(...pageRows(visible));
  }
  return pages.length === 0 ? "absent" : { pages };
}

/** Undefined for a page that is damaged or has too much on it. */
async function readPage(pdf: Pdf, number: number): Promise<readonly PaintedGlyph[] | undefined> {
  const read = await operatorsOf(pdf, number).catch(() => undefined);
  if (read === undefined) return undefined;
  const { page, operators, layers } = read;
  const { width, height, transform } = page.getViewport({ scale: 1 });
  const context = {
    viewport: matrixOf(transform),
    isShown: (group: unknown) => layers.isVisible(group) === true,
    fontOf: (name: string) => fontOf(page, name),
  };
  try {
    return visibleGlyphs(paintPage(operators, context, MAX_PAINTED), { width, height }, MAX_TESTS);
  } catch (error) {
    if (error instanceof TooMuchPainted) return undefined;
    throw error;
  } finally {
    page.cleanup();
  }
}

async function operatorsOf(pdf: Pdf, number: number) {
  const page = await pdf.getPage(number);
  return { page, operators: await page.getOperatorList(), layers: await pdf.getOptionalContentConfig() };
}

function fontOf(page: Page, name: string): FontMetrics {
  const font: unknown = page.commonObjs.has(name) ? page.commonObjs.get(name) : undefined;
  const standard = { widthScale: 0.001, vertical: false };
  if (typeof font !== "object" || font === null) return standard;
  const matrix: unknown = "fontMatrix" in font ? font.fontMatrix : undefined;
  const scale: unknown = Array.isArray(matrix) ? matrix[0] : undefined;
  return {
    widthScale: typeof scale === "number" ? scale : standard.widthScale,
    vertical: "vertical" in font && font.vertical === true,
  };
}
