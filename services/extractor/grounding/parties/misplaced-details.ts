import type { Facts, Party } from "@flowstate/contracts";
import type { TextCell, TextPage } from "../../pdf/text-layer.ts";
import { dateMeanings } from "../labels/date-words.ts";
import { numberMeanings } from "../labels/number-words.ts";
import { answeredOnce } from "../printed/answered-once.ts";
import { foldedText } from "../printed/folded-text.ts";
import { type Place, placesWhere } from "../printed/printed-place.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { isInFoot, issuerOf } from "./issuer-marks.ts";
import { placesOf } from "./party-places.ts";
import { type CellsAbove, columnAbove } from "./role-of-place.ts";
import { asSeller, isContact, type LabelledRole, labelledRole, mentionedRole } from "./role-words.ts";

/** How far up a block may reach, in points, and how much further apart than most its rows may be: a blank line ends it. */
const REACH = 240;
/** In the foot of a page nothing belongs to what stands above it. */
const REACH_IN_FOOT = 90;
const LOOSER = 1.8;
const WORD = /\p{L}{3}/u;
/** A value of fewer letters and digits stands for many things. */
const MIN_LENGTH = 3;

/**
 * Pointers to tax numbers and parts of addresses of vendor and buyer that stand with the other party wherever they are
 * printed: behind its words, in the block of its name or its label, or in the foot of its paper.
 */
export function misplacedDetails(facts: Facts, pages: readonly TextPage[]): readonly string[] {
  const said: Said = {
    facts,
    names: cellsOfNames(facts, pages),
    isOfDocument: answeredOnce((text) => isOfDocument(foldedText(text), facts.document_type)),
  };
  return (["vendor", "buyer"] as const).flatMap((role) => {
    const other = role === "vendor" ? "buyer" : "vendor";
    return detailsOf(facts[role]).flatMap(([field, value]) => {
      if (value.replace(/[^\p{L}\p{N}]/gu, "").length < MIN_LENGTH) return [];
      const printed = new PrintedValue(value);
      const places = placesWhere(pages, (text) => printed.indexIn(text));
      const roles = places.map((place) => asSeller(roleOfDetail(place, said), facts.document_type));
      const isMisplaced = roles.includes(other) && roles.every((said) => said !== undefined && said !== role);
      return isMisplaced ? `/${role}/${field}` : [];
    });
  });
}

type NamedCells = ReadonlyMap<TextCell, LabelledRole>;

interface Said {
  readonly facts: Facts;
  readonly names: NamedCells;
  /** Whether a text introduces the document's own date or number. */
  readonly isOfDocument: (text: string) => boolean;
}

/** The cells with the name of one of the two, or with a row of it. */
function cellsOfNames({ vendor, buyer }: Facts, pages: readonly TextPage[]): NamedCells {
  const cellsOf = (party: Party) =>
    party === null || party.name === null ? [] : placesOf(party.name, pages).map(({ cell }) => cell);
  const [sellers, buyers] = [new Set(cellsOf(vendor)), new Set(cellsOf(buyer))];
  return new Map([
    ...[...sellers.difference(buyers)].map((cell) => [cell, "vendor"] as const),
    ...[...buyers.difference(sellers)].map((cell) => [cell, "buyer"] as const),
  ]);
}

function detailsOf(party: Party): readonly (readonly [field: string, value: string])[] {
  if (party === null) return [];
  const [street] = party.street?.split(", ") ?? [];
  const details = [
    ["street", street],
    ["postal_code", party.postal_code],
    ["city", party.city],
    ...party.tax_ids.map(({ value }, index) => [`tax_ids/${index}/value`, value] as const),
  ] as const;
  return details.flatMap(([field, value]) => (value === null || value === undefined ? [] : [[field, value] as const]));
}

/** Whose the page says that a value is, by the nearest that says it. */
function roleOfDetail(place: Place, said: Said): LabelledRole | undefined {
  const cells = place.page.rows[place.row]?.cells ?? [];
  const beside = cells[cells.indexOf(place.cell) - 1]?.text ?? "";
  const label = WORD.test(place.before) ? place.before : `${beside} ${place.before}`;
  const issuer = issuerOf(said.facts);
  return (
    said.names.get(place.cell) ??
    mentionedRole(label, issuer) ??
    roleOfBlock(place, said) ??
    (isInFoot(place) ? issuer : undefined)
  );
}

/** By the nearest name or label in the block of rows that the place belongs to; what is said of the document ends it. */
function roleOfBlock(place: Place, { names, isOfDocument: endsIt }: Said): LabelledRole | undefined {
  const above = withinReach(place);
  const gaps = above.map(({ gap }) => gap).sort((a, b) => a - b);
  const pitch = gaps[gaps.length >> 1] ?? 0;
  for (const { cells, gap } of above) {
    if (gap > LOOSER * pitch) return undefined;
    for (const cell of cells) {
      if (isContact(cell.text)) continue;
      const role = labelledRole(cell.text) ?? names.get(cell);
      if (role !== undefined) return role;
      if (endsIt(cell.text)) return undefined;
    }
  }
  return undefined;
}

/** Whether words introduce the document's own date or number, or those of its order. */
function isOfDocument(words: string, type: Facts["document_type"]): boolean {
  const [dates, numbers] = [dateMeanings(words, type), numberMeanings(words, type)];
  return dates.has("issued") || dates.has("due") || numbers.has("own") || numbers.has("order");
}

function withinReach(place: Place): readonly CellsAbove[] {
  const within: CellsAbove[] = [];
  const reach = isInFoot(place) ? REACH_IN_FOOT : REACH;
  for (const above of columnAbove(place)) {
    if (above.distance > reach) break;
    within.push(above);
  }
  return within;
}
