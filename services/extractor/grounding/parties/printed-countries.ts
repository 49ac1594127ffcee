import type { Party } from "@flowstate/contracts";
import type { TextCell, TextPage } from "../../pdf/text-layer.ts";
import { countriesNamed } from "../printed/country-names.ts";
import { type Place, placesWhere } from "../printed/printed-place.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { placesOf } from "./party-places.ts";
import { columnAbove } from "./role-of-place.ts";

/** How far below its town the country of an address may stand, and its name above, in points; left edges of one block. */
const BELOW = 32;
const ABOVE = 80;
/** How far below its town a postal code may stand that is in a row of its own, in points. */
const NEXT_ROW = 20;
const SAME_EDGE = 12;
/** Addresses that stand beside each other; a row of more cells is one of a table. */
const MAX_BESIDE = 3;
/** Of a country before a postal code, as vehicles carry it: `D-14770`. What ISO 3166-1 has as well is not among them. */
const VEHICLE_SIGNS: Readonly<Record<string, string>> = {
  ...{ A: "AT", B: "BE", D: "DE", E: "ES", F: "FR", H: "HU", I: "IT", L: "LU", N: "NO", P: "PT", S: "SE" },
  ...{ FIN: "FI", FL: "LI", SLO: "SI", UK: "GB", IRL: "IE" },
};
/** `D-14770 Brandenburg`, `DE 28217 Bremen`, with whatever the cell says before. */
const SIGN = /(?:^|[·•|,]\s*)([A-Z]{1,3})(-|\s)\s*$/u;
const OWN_SIGN = /^[A-Z]{1,3}[-\s]\s*(?=\d)/;
/** What stands between the parts of an address that is printed in one row. */
const PARTS = /[,;·•|()]|\s-\s/u;
const LABEL = /^\s*(?:country|land|pays|paese|pa[ií]s|kraj)\s*:\s*/iu;

/**
 * The countries, ISO 3166-1 alpha-2, that the page prints in a party's own addresses: before the postal code, behind the town
 * or in a row below it. Empty where it prints none, or not the postal code with the town or in the row below it; without a
 * postal code the town has to stand below the party's name.
 */
export function printedCountries(party: NonNullable<Party>, pages: readonly TextPage[]): ReadonlySet<string> {
  return new Set(townsOf(party, pages).flatMap(countriesAt));
}

interface Town {
  readonly place: Place;
  /** What its cell says before the postal code that the town is behind: before one that is behind the town stands a state. */
  readonly before: string;
  /** Where postal code and town end in their cell. */
  readonly end: number;
}

function townsOf({ name, postal_code: code, city }: NonNullable<Party>, pages: readonly TextPage[]): readonly Town[] {
  if (city === null) return [];
  const town = new PrintedValue(city);
  if (code === null) {
    const names = new Set(name === null ? [] : placesOf(name, pages).map(({ cell }) => cell));
    return placesWhere(pages, (text) => town.indexIn(text))
      .filter((place) => isAtOrBelow(place, ABOVE, (cell) => names.has(cell)))
      .map((place) => ({ place, before: "", end: endIn(place.cell, [town]) }));
  }
  const postal = new PrintedValue(code.replace(OWN_SIGN, ""));
  return placesWhere(pages, (text) => postal.indexIn(text))
    .filter((place) => isAtOrBelow(place, NEXT_ROW, ({ text }) => town.isIn(text)))
    .map((place) => {
      const { cell, before } = place;
      const isFirst = town.isIn(cell.text.slice(before.length));
      return { place, before: isFirst ? before : "", end: endIn(cell, [town, postal]) };
    });
}

/** Where the last of these ends in a cell. */
function endIn({ text }: TextCell, values: readonly PrintedValue[]): number {
  return Math.max(...values.map((value) => value.spanIn(text)?.end ?? 0));
}

/** Whether a cell is such a one, or one that is this near above it. */
function isAtOrBelow(place: Place, reach: number, isWanted: (cell: TextCell) => boolean): boolean {
  if (isWanted(place.cell)) return true;
  for (const { cells, distance } of columnAbove(place)) {
    if (distance > reach) return false;
    if (cells.some(isWanted)) return true;
  }
  return false;
}

function countriesAt({ place, before, end }: Town): readonly string[] {
  const [, sign = "", mark] = SIGN.exec(before) ?? [];
  const vehicles = mark === "-" ? VEHICLE_SIGNS[sign] : undefined;
  const behind = place.cell.text.slice(end).split(PARTS);
  const within = behind.slice(0, 3).map((part) => part.trim());
  const texts = [sign, ...within.filter(isName), ...rowsBelow(place)];
  return [vehicles, ...texts.flatMap((text) => [...(countriesNamed(text) ?? [])])].filter((code) => code !== undefined);
}

/** Two letters behind a town are a state or a province as often as a country. */
function isName(text: string): boolean {
  return text.length > 2 || text === "UK";
}

/** What stands alone in the two rows below, in the same column. Headings may be codes of countries: `NO`, `ID`, `NR`. */
function rowsBelow({ page: { rows }, row, cell: { left } }: Place): readonly string[] {
  const start = rows[row]?.y ?? 0;
  const below: string[] = [];
  for (const { y, cells } of rows.slice(row + 1)) {
    if (y - start > BELOW) break;
    const cell = cells.find((other) => Math.abs(other.left - left) <= SAME_EDGE);
    if (cell !== undefined && (isName(cell.text) || cells.length <= MAX_BESIDE))
      below.push(cell.text.replace(LABEL, ""));
  }
  return below;
}
