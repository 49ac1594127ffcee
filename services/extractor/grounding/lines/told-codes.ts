import type { Facts } from "@flowstate/contracts";
import type { TextCell, TextPage, TextRow } from "../../pdf/text-layer.ts";
import { issuerOf } from "../parties/issuer-marks.ts";
import { answeredOnce } from "../printed/answered-once.ts";
import { type CodeMeaning, headedMeanings, type Issuer, labelledMeaning } from "./code-words.ts";
import { columnRole } from "./column-words.ts";

/** How far below its heading a code may stand on the same page, and how far apart the rows of one heading are, in points. */
const REACH = 700;
const SAME_HEADING = 17;
/** A row of fewer headings that are known is the head of no table. */
const MIN_HEADINGS = 2;
/** How far beside a heading a code may stand that is under it, in points. */
const SLACK = 4;
/** A longer cell is a sentence, in UTF-16 units. */
const MAX_CELL = 160;
/** Parts that a code may be printed in: `8481 80 11`. */
const MAX_PARTS = 5;
/** Of a label with a country behind it. */
const MAX_WORDS = 8;
/** Where the words for one code end and those for the next begin. */
const SEGMENTS = /[;,|·]\s|\s\/\s|(?<=\d)\s+(?=\p{L}{2,}[\s.:-])/u;

/** A text and what the page says that it is; nothing for one alone in its cell of which the page says nothing. */
export interface ToldCode {
  readonly text: string;
  readonly meanings: readonly CodeMeaning[];
  /** Counted through the whole document, from 0. */
  readonly row: number;
}

interface Heading extends Pick<TextCell, "left" | "right"> {
  readonly meanings: readonly CodeMeaning[];
}

interface Head {
  readonly y: number;
  readonly headings: readonly Heading[];
}

/**
 * What stands alone in a cell, by the heading over it or by a label with a colon on its left, and what stands behind words
 * for a code within a cell.
 */
export function toldCodes(facts: Facts, pages: readonly TextPage[]): readonly ToldCode[] {
  // What is packed is packed by who sends it.
  const issuer = issuerOf(facts) ?? (facts.document_type === "packing_list" ? "vendor" : undefined);
  const told: ToldCode[] = [];
  const headed = answeredOnce((text) => headedMeanings(text, issuer));
  let row = 0;
  for (const { rows } of pages) {
    let head: Head | undefined;
    for (const [at, { y, cells }] of rows.entries()) {
      if (isHead(cells, headed)) head = { y, headings: headingsOf(rows, at, headed) };
      else {
        const over = head !== undefined && y - head.y <= REACH ? head.headings : [];
        for (const [index, cell] of cells.entries()) {
          if (cell.text.length > MAX_CELL) continue;
          const beside = cells[index - 1]?.text ?? "";
          const label = beside.endsWith(":") || cells.length === 2 ? labelledMeaning(beside, issuer) : undefined;
          told.push({ text: cell.text, meanings: label === undefined ? meaningsUnder(cell, over) : [label], row });
          told.push(...labelledIn(cell.text, issuer).map((code) => ({ ...code, row })));
        }
      }
      row++;
    }
  }
  return told;
}

type Headed = (text: string) => readonly CodeMeaning[];

/** Whether a row names at least two columns, of codes or of numbers, and says no number. */
function isHead(cells: readonly TextCell[], headed: Headed): boolean {
  const known = cells.filter(({ text }) => headed(text).length > 0);
  if (known.length === 0 || cells.some(({ text }) => /^[\d.,']+$/.test(text))) return false;
  const others = cells.filter((cell) => !known.includes(cell) && columnRole(cell.text) !== undefined);
  return known.length + others.length >= MIN_HEADINGS;
}

/**
 * A heading may be set in two rows: `Ihre` above `Art.-Nr.`, or one for each of two codes below each other. What says something behind a colon
 * is no part of one: `Versand: Spedition Nordkai`.
 */
function headingsOf(rows: readonly TextRow[], at: number, headed: Headed): readonly Heading[] {
  const { y, cells } = rows[at] ?? { y: 0, cells: [] };
  const near = [rows[at - 1], rows[at + 1]].map((row) =>
    row !== undefined && Math.abs(row.y - y) <= SAME_HEADING
      ? row.cells.filter(({ text }) => !/:\s*\S/.test(text))
      : [],
  );
  return cells.map((cell) => {
    const [above, below] = near.map((others) => others.find((other) => isOver(other, cell, 0))?.text);
    const joined = [`${above ?? ""} ${cell.text}`, `${cell.text} ${below ?? ""}`].flatMap((text) =>
      headed(text.trim()),
    );
    const apart = [above, cell.text, below].flatMap((text) => (text === undefined ? [] : headed(text)));
    const qualified = joined.filter((meaning) => !apart.includes(meaning));
    return { left: cell.left, right: cell.right, meanings: qualified.length > 0 ? qualified : apart };
  });
}

function isOver(heading: Pick<TextCell, "left" | "right">, cell: TextCell, slack: number): boolean {
  return heading.left < cell.right + slack && cell.left < heading.right + slack;
}

/** Of several headings over a wide cell, the one that begins nearest. */
function meaningsUnder(cell: TextCell, headings: readonly Heading[]): readonly CodeMeaning[] {
  const over = headings.filter((heading) => isOver(heading, cell, SLACK));
  const [nearest] = over.toSorted((a, b) => Math.abs(a.left - cell.left) - Math.abs(b.left - cell.left));
  return nearest?.meanings ?? [];
}

/** `Ihre Art.-Nr.: 771-220, HS 8481 80 11`: each code by the words before it, as far as its words go on. */
function labelledIn(cell: string, issuer: Issuer): readonly Omit<ToldCode, "row">[] {
  return cell.split(SEGMENTS).flatMap((segment) => {
    const colon = segment.indexOf(":");
    const at = colon < 0 ? segment.search(/(?<!\S)[^\s\d]*\d/u) : colon + 1;
    if (at < 0) return countryBehind(segment, issuer);
    const meaning = labelledMeaning(segment.slice(0, at), issuer);
    if (meaning === undefined) return [];
    const parts = segment.slice(at).trim().split(/\s+/).slice(0, MAX_PARTS);
    return parts.map((_, index) => ({ text: parts.slice(0, index + 1).join(" "), meanings: [meaning] }));
  });
}

/** `Made in Germany`: what is behind each of the words that may be the last of a label. */
function countryBehind(segment: string, issuer: Issuer): readonly Omit<ToldCode, "row">[] {
  const words = segment.trim().split(/\s+/).slice(0, MAX_WORDS);
  return words.slice(1).flatMap((_, at) => {
    const label = words.slice(0, at + 1).join(" ");
    if (labelledMeaning(label, issuer) !== "origin") return [];
    return { text: words.slice(at + 1).join(" "), meanings: ["origin" as const] };
  });
}
