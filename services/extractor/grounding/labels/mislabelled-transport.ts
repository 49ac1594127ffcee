import type { Facts } from "@flowstate/contracts";
import type { TextCell, TextPage } from "../../pdf/text-layer.ts";
import { columnAbove } from "../parties/role-of-place.ts";
import { foldedText } from "../printed/folded-text.ts";
import { type Place, placesWhere } from "../printed/printed-place.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { meaningsAt } from "./label-of-place.ts";
import { type TransportMeaning, transportWords } from "./transport-words.ts";

/** Of one kind: a full container ship's bill of lading has thousands. */
const MAX_VALUES = 50;
/** How far above a value the heading of its column may stand, and how far below a word its value, in points. */
const REACH = 300;
const BELOW = 40;
/** Behind words in its cell a value is part of a sentence, and nothing above it is its heading. */
const WORD = /\p{L}{4}/u;
/** Where the words for one value end and those for the next may begin. */
const BREAK = /[\d:;,|]/;
/** A longer cell is a sentence, in UTF-16 units. */
const MAX_CELL = 120;

type Meanings = ReadonlySet<TransportMeaning>;

interface TransportValue {
  readonly path: string;
  readonly value: string;
  readonly wanted: TransportMeaning;
  readonly meanings: readonly Meanings[];
}

/**
 * Pointers to ports, vessel, voyage, containers and seals that the page prints as something else: wherever one stands are the
 * words for another, or nowhere its own while something else stands behind them. None where the page does not tell.
 */
export function mislabelledTransport(facts: Facts, pages: readonly TextPage[]): readonly string[] {
  const values = valuesOf(facts.references, pages);
  return values
    .filter(({ value, wanted, meanings }) => {
      if (meanings.length === 0 || meanings.some((said) => said.has(wanted))) return false;
      if (meanings.every((said) => said.size > 0)) return true;
      const others = values.filter((other) => other.value !== value && other.wanted !== wanted);
      const isTaken = others.some((other) =>
        other.meanings.some((said) => said.has(wanted) && !said.has(other.wanted)),
      );
      return isTaken || isAnotherLabelled(wanted, pages);
    })
    .map(({ path }) => path);
}

function valuesOf(references: Facts["references"], pages: readonly TextPage[]): readonly TransportValue[] {
  const { port_of_loading, port_of_discharge, vessel, voyage, container_numbers, seal_numbers } = references;
  const single = [
    ["port_of_loading", port_of_loading, "loading"],
    ["port_of_discharge", port_of_discharge, "discharge"],
    ["vessel", vessel, "vessel"],
    ["voyage", voyage, "voyage"],
  ] as const;
  const listed = [
    ...container_numbers
      .slice(0, MAX_VALUES)
      .map((value, index) => [`container_numbers/${index}`, value, "container"] as const),
    ...seal_numbers.slice(0, MAX_VALUES).map((value, index) => [`seal_numbers/${index}`, value, "seal"] as const),
  ];
  return [...single, ...listed].flatMap(([field, value, wanted]) => {
    if (value === null) return [];
    const printed = new PrintedValue(value);
    const meanings = placesWhere(pages, (text) => printed.indexIn(text)).map((place) =>
      // `Vessel: MV Baltic Heron 046W`: what stands behind the vessel's name is its voyage.
      wanted === "voyage" && vessel !== null && new PrintedValue(vessel).isIn(place.before)
        ? new Set([wanted])
        : meaningsOf(place, value),
    );
    return [{ path: `/references/${field}`, value, wanted, meanings }];
  });
}

function meaningsOf(place: Place, value: string): Meanings {
  const behind = place.cell.text.slice(place.before.length + value.length);
  const near = meaningsAt(place, (words, where): Meanings => {
    // With figures it has a value of its own.
    if (where === "beside" && /\d/.test(words)) return new Set();
    const { said, since } = nearestWords(words);
    const at = since.split("/").length - 1;
    // `Vessel / Voyage: MV Baltic Heron / 046W`: the words come in the order of the values.
    const isOneOfSeveral = where === "before" && said.length > 1 && (at > 0 || behind.includes("/"));
    return new Set(isOneOfSeveral ? said.slice(at, at + 1) : said);
  });
  return near.size > 0 || WORD.test(place.before) ? near : headingOf(place);
}

/** The nearest words of a text that say anything, what is said together with them, and what follows on them. */
function nearestWords(text: string): { readonly said: readonly TransportMeaning[]; readonly since: string } {
  const parts = text.split(BREAK);
  const words = parts.map((part) => transportWords(part).map(({ family }) => family));
  const at = words.findLastIndex((families) => families.length > 0);
  return { said: words[at] ?? [], since: at < 0 ? "" : parts.slice(at + 1).join("") };
}

/** Containers and their seals stand below each other, the heading above all of them. */
function headingOf(place: Place): Meanings {
  for (const { cells, distance } of columnAbove(place)) {
    if (distance > REACH) break;
    const said = cells.flatMap(({ text }) => (/\d/.test(text) ? [] : nearestWords(foldedText(text)).said));
    if (said.length > 0) return new Set(said);
  }
  return new Set();
}

/** Whether the page has words for this alone, and something stands behind a colon there, beside or below them. */
function isAnotherLabelled(wanted: TransportMeaning, pages: readonly TextPage[]): boolean {
  if (wanted === "container" || wanted === "seal") return false;
  const labels = placesWhere(pages, (text) => {
    const { said } = text.length > MAX_CELL ? { said: [] } : nearestWords(foldedText(text));
    return said.length === 1 && said[0] === wanted ? 0 : -1;
  });
  return labels.some((place) => {
    const { cell, page, row } = place;
    const [, within = ""] = cell.text.split(/:(.*)/s);
    if (/[\p{L}\p{N}]{2}/u.test(within)) return true;
    const cells = page.rows[row]?.cells ?? [];
    return [cells[cells.indexOf(cell) + 1], cellBelow(place)].some(isValue);
  });
}

function cellBelow({ page: { rows }, row, cell: { left, right } }: Place): TextCell | undefined {
  const start = rows[row]?.y ?? 0;
  for (const { y, cells } of rows.slice(row + 1)) {
    if (y - start > BELOW) return undefined;
    const under = cells.find((cell) => cell.left < right && left < cell.right);
    if (under !== undefined) return under;
  }
  return undefined;
}

function isValue(cell: TextCell | undefined): boolean {
  return cell !== undefined && !/:\s*$/.test(cell.text) && nearestWords(foldedText(cell.text)).said.length === 0;
}
