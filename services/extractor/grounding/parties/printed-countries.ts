import type { Party } from "@flowstate/contracts";
import type { TextCell, TextPage } from "../../pdf/text-layer.ts";
import { countriesNamed } from "../printed/country-names.ts";
import { printedPattern } from "../printed/printed-pattern.ts";
import { type Place, placesWhere } from "../printed/printed-place.ts";
import { placesOf } from "./party-places.ts";
import { columnAbove } from "./role-of-place.ts";

/** How far below its town the country of an address may stand, and its name above, in points; left edges of one block. */
const BELOW = 32;
const ABOVE = 80;
const SAME_EDGE = 12;
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
 * or in a row below it. Empty where it prints none, or not the postal code and the town in one cell; without a postal code the
 * town has to stand below the party's name.
 */
export function printedCountries(party: NonNullable<Party>, pages: readonly TextPage[]): ReadonlySet<string> {
  return new Set(townsOf(party, pages).flatMap(({ place, end }) => countriesAt(place, end)));
}

interface Town {
  readonly place: Place;
  /** Where postal code and town end in their cell. */
  readonly end: number;
}

function townsOf({ name, postal_code: code, city }: NonNullable<Party>, pages: readonly TextPage[]): readonly Town[] {
  if (city === null) return [];
  const [town, postal] = [printedPattern(city), code === null ? undefined : printedPattern(code.replace(OWN_SIGN, ""))];
  const places = placesWhere(pages, (text) => {
    const [at, before] = [text.search(town), postal === undefined ? 0 : text.search(postal)];
    return at < 0 || before < 0 ? -1 : Math.min(at, postal === undefined ? at : before);
  });
  const names = postal !== undefined || name === null ? [] : placesOf(name, pages).map(({ cell }) => cell);
  return places
    .filter((place) => postal !== undefined || isBelow(place, new Set(names)))
    .map((place) => {
      const { text } = place.cell;
      const ends = [town, postal].map((pattern) => (pattern === undefined ? null : pattern.exec(text)));
      return { place, end: Math.max(...ends.map((match) => (match === null ? 0 : match.index + match[0].length))) };
    });
}

function isBelow(place: Place, names: ReadonlySet<TextCell>): boolean {
  if (names.has(place.cell)) return true;
  for (const { cells, distance } of columnAbove(place)) {
    if (distance > ABOVE) return false;
    if (cells.some((cell) => names.has(cell))) return true;
  }
  return false;
}

function countriesAt(place: Place, end: number): readonly string[] {
  const [, sign = "", mark] = SIGN.exec(place.before) ?? [];
  const before = mark === "-" ? VEHICLE_SIGNS[sign] : undefined;
  const behind = place.cell.text.slice(end).split(PARTS);
  const within = behind.slice(0, 3).map((part) => part.trim());
  const texts = [sign, ...within.filter(isName), ...rowsBelow(place)];
  return [before, ...texts.flatMap((text) => [...(countriesNamed(text) ?? [])])].filter((code) => code !== undefined);
}

/** Two letters behind a town are a state or a province as often as a country. */
function isName(text: string): boolean {
  return text.length > 2 || text === "UK";
}

/** What stands alone in the two rows below, in the same column. */
function rowsBelow({ page: { rows }, row, cell: { left } }: Place): readonly string[] {
  const start = rows[row]?.y ?? 0;
  const below: string[] = [];
  for (const { y, cells } of rows.slice(row + 1)) {
    if (y - start > BELOW) break;
    const cell = cells.find((other) => Math.abs(other.left - left) <= SAME_EDGE);
    if (cell !== undefined) below.push(cell.text.replace(LABEL, ""));
  }
  return below;
}
