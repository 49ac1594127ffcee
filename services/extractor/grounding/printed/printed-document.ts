import type { TextCell, TextLayer, TextPage, TextRow } from "../../pdf/text-layer.ts";
import { type DatedPlace, datedPlaces } from "./dated-places.ts";
import { type DecimalMark, decimalMark, type PrintedNumber, plainPrint, printedNumbers } from "./printed-number.ts";
import { signWithin } from "./printed-sign.ts";
import { PrintedText, withoutMarks } from "./printed-text.ts";

/** A number and where it stands. */
export interface PlacedNumber extends PrintedNumber {
  /** Counted through the whole document, from 0. */
  readonly row: number;
  readonly page: number;
  /** Of its base line from the top of the page, in points. */
  readonly y: number;
  /** Distances from the left edge of the page, in points: of the number, as far as that can be told, and of its cell. */
  readonly left: number;
  readonly right: number;
  readonly cellLeft: number;
  readonly cellRight: number;
}

export type Edge = "left" | "right" | "cellLeft" | "cellRight";

type PlacesByValue = ReadonlyMap<string, readonly PlacedNumber[]>;

/** A document's text, arranged for looking things up. */
export interface PrintedDocument {
  /** False for a document that has more numbers than are looked at. */
  readonly isReadable: boolean;
  /** Every text in plain print. */
  readonly pages: readonly TextPage[];
  /** In reading order. */
  readonly numbers: readonly PlacedNumber[];
  /** By reading, in reading order: all; those that are no percentages; of those the ones with cents. */
  readonly numbersByValue: PlacesByValue;
  readonly countsByValue: PlacesByValue;
  readonly amountsByValue: PlacesByValue;
  /** By ISO 8601 calendar date. */
  readonly dates: ReadonlyMap<string, readonly DatedPlace[]>;
  readonly text: PrintedText;
  /** The same with spaces for everything but letters and digits: codes are set with dots, slashes, or nothing. */
  readonly codes: PrintedText;
  /** Through the whole document, by number, with one kind of space and hyphen. */
  readonly rows: readonly PrintedRow[];
}

export interface PrintedRow extends TextRow {
  readonly page: number;
}

/** Cells whose left edges lie at most this far apart, in points, are one column of text. */
const SAME_EDGE = 2;

/**
 * More numbers than this are not looked at: 200 pages of tables have half as many, and pages that are full of ones would
 * take minutes.
 */
const MAX_NUMBERS = 50_000;
const NOTHING: PrintedDocument = {
  isReadable: false,
  pages: [],
  numbers: [],
  numbersByValue: new Map(),
  countsByValue: new Map(),
  amountsByValue: new Map(),
  dates: new Map(),
  text: new PrintedText([]),
  codes: new PrintedText([]),
  rows: [],
};

/** Of a text with too many numbers nothing is found. */
export function printedDocument({ pages }: TextLayer): PrintedDocument {
  const plain = pages.map(({ rows }) => ({
    rows: rows.map(({ y, cells }) => ({ y, cells: cells.map((cell) => ({ ...cell, text: plainPrint(cell.text) })) })),
  }));
  const rowTexts = plain.flatMap(({ rows }) => rows.map(({ cells }) => cells.map(({ text }) => text).join(" ")));
  const numbers = placedNumbers(plain, decimalMark(rowTexts));
  if (numbers.length > MAX_NUMBERS) return NOTHING;
  const counts = numbers.filter(({ isPercentage }) => !isPercentage);
  let dates: PrintedDocument["dates"] | undefined;
  let text: PrintedText | undefined;
  let codes: PrintedText | undefined;
  return {
    isReadable: true,
    pages: plain,
    numbers,
    numbersByValue: byValue(numbers),
    countsByValue: byValue(counts),
    amountsByValue: byValue(counts.filter(({ hasCents }) => hasCents)),
    // Only some of those who ask for numbers ask for more.
    get dates() {
      dates ??= datedPlaces(plain);
      return dates;
    },
    get text() {
      text ??= new PrintedText(plain.flatMap(passagesOf));
      return text;
    },
    get codes() {
      codes ??= new PrintedText(plain.flatMap(passagesOf).map(withoutMarks));
      return codes;
    },
    rows: plain.flatMap(({ rows }, page) => rows.map((row) => ({ ...row, page }))),
  };
}

/** In reading order; of too many, a few more than are looked at. */
function placedNumbers(pages: readonly TextPage[], mark: DecimalMark | undefined): readonly PlacedNumber[] {
  const placed: PlacedNumber[] = [];
  let row = 0;
  for (const [page, { rows }] of pages.entries()) {
    for (const { y, cells } of rows) {
      if (placed.length > MAX_NUMBERS) return placed;
      for (const [index, cell] of cells.entries()) {
        for (const number of printedNumbers(cell.text, mark)) {
          const left = number.start === 0 ? cells[index - 1]?.text : undefined;
          const right = number.end === cell.text.length ? cells[index + 1]?.text : undefined;
          placed.push({
            ...number,
            sign: signWithin(number.sign, left, right),
            row,
            page,
            y,
            ...edgesIn(cell, number),
          });
        }
      }
      row++;
    }
  }
  return placed;
}

/** Where a number begins and ends, as if all characters of its cell were equally wide. */
function edgesIn({ text, left, right }: TextCell, { start, end }: PrintedNumber): Pick<PlacedNumber, Edge> {
  const width = (right - left) / text.length;
  return {
    left: left + start * width,
    right: right - (text.length - end) * width,
    cellLeft: left,
    cellRight: right,
  };
}

function byValue(numbers: readonly PlacedNumber[]): PlacesByValue {
  const map = new Map<string, PlacedNumber[]>();
  for (const number of numbers) {
    for (const reading of number.readings) {
      const known = map.get(reading);
      if (known === undefined) map.set(reading, [number]);
      else known.push(number);
    }
  }
  return map;
}

/** Row by row and column by column: a text may run on in either. */
export function passagesOf(page: TextPage): readonly string[] {
  return [rowByRow(page), ...columnByColumn(page)];
}

function rowByRow({ rows }: TextPage): string {
  return rows.map(({ cells }) => cells.map(({ text }) => text).join(" ")).join(" ");
}

/** What stands below each other, so that a text that runs over several rows of a table is in one piece. */
function columnByColumn({ rows }: TextPage): readonly string[] {
  const cells = rows.flatMap((row) => row.cells);
  const columnOf = new Map<TextCell, number>();
  const columns: string[][] = [];
  let edge = Number.NEGATIVE_INFINITY;
  for (const cell of cells.toSorted((a, b) => a.left - b.left)) {
    if (cell.left - edge > SAME_EDGE) {
      columns.push([]);
      edge = cell.left;
    }
    columnOf.set(cell, columns.length - 1);
  }
  for (const cell of cells) columns[columnOf.get(cell) ?? 0]?.push(cell.text);
  return columns.map((texts) => texts.join(" "));
}
