import type { Facts, GroundedField } from "@flowstate/contracts";
import { unitBefore, unitBehind, unitsOfHeading } from "../../units/printed-units.ts";
import { isSameUnit, unitCodeOf } from "../../units/unit-code.ts";
import type { FactValue } from "../fact-values.ts";
import { headingOver } from "../labels/heading-over.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import type { Block } from "./line-blocks.ts";
import { firstFrom } from "./line-numbers.ts";

/** Of one figure; rows of one line. What has more is no table of goods. */
const MAX_PLACES = 50;
const MAX_ROWS = 100;
/** Units that a weight and a volume may have: beside the same figure another may count pieces. */
const OF_MASS: ReadonlySet<string> = new Set(["MGM", "GRM", "KGM", "DTN", "TNE", "LBR", "ONZ"]);
const OF_VOLUME: ReadonlySet<string> = new Set(["CMQ", "DMQ", "MTQ", "CLT", "DLT", "LTR", "HLT"]);

/** What heads a column of any packages, whatever each line's are: cartons, pallets. */
const ANY_PACKAGE = "XPK";

/** What a unit belongs to. */
interface Figure {
  /** Its magnitude. */
  readonly size: string;
  /** The codes that its unit may have; undefined for any. */
  readonly units: ReadonlySet<string> | undefined;
}

/**
 * Whether the page prints a unit where its figure is: beside the figure, or in the heading of its column. `absent` only where
 * it prints another one there that is known; what it prints nowhere there was recognised from something else. The same figure
 * may be printed with another unit in a row of its own: `24 pallets of valves`, and below them all `24 packages`.
 */
export function groundedUnit(
  fact: FactValue,
  facts: Facts,
  blocks: readonly Block[],
  printed: PrintedDocument,
): GroundedField["grounded"] {
  const figure = figureOf(fact, facts);
  if (figure === undefined) return printed.text.has(fact.value) ? "page" : "not_checkable";
  const block = fact.line === undefined ? undefined : blocks[fact.line];
  const places = placesOf(figure.size, block, printed);
  const code = unitCodeOf(fact.value);
  const isThis = (other: string) => code !== undefined && isSameUnit(code, other);
  const isPossible = (other: string) => figure.units?.has(other) !== false;
  const unitsBy = (unitsOf: typeof unitsAlone) => places.flatMap((place) => unitsOf(place, printed)).filter(isPossible);
  const alone = unitsBy(unitsAlone);
  // The same figure may count something else in a description: `turf, 3 m wide`.
  const beside = alone.length > 0 ? alone : unitsBy(unitsInText);
  const isInRowOfText = () => {
    const counted = new Set(places.flatMap((place) => (unitsAlone(place, printed).length > 0 ? place.row : [])));
    return places.some((place) => !counted.has(place.row) && unitsInText(place, printed).some(isThis));
  };
  if (beside.length > 0) return beside.some(isThis) || isInRowOfText() ? "page" : "absent";
  const isAnyPackage = (other: string) => other === ANY_PACKAGE && code?.startsWith("X") === true;
  const over = places
    .flatMap((place) => headingOver(place, printed.rows).flatMap(unitsOfHeading))
    .filter((other) => isPossible(other) && !isAnyPackage(other));
  if (over.some(isThis) || isPrintedIn(block, fact.value, printed)) return "page";
  return over.length > 0 ? "absent" : "not_checkable";
}

function figureOf({ path, line }: FactValue, { lines, totals }: Facts): Figure | undefined {
  const holder = line === undefined ? totals : lines[line];
  for (const name of ["net_weight", "gross_weight"] as const) {
    const weight = path.endsWith(`/${name}/unit`) ? holder?.[name] : undefined;
    if (weight !== null && weight !== undefined) return { size: magnitude(weight.value), units: OF_MASS };
  }
  if (line === undefined) {
    return totals.volume === null ? undefined : { size: magnitude(totals.volume.value), units: OF_VOLUME };
  }
  const quantity = lines[line]?.quantity ?? null;
  return quantity === null ? undefined : { size: magnitude(quantity), units: undefined };
}

function placesOf(size: string, block: Block | undefined, { countsByValue }: PrintedDocument): readonly PlacedNumber[] {
  const places = countsByValue.get(size) ?? [];
  const first = block === undefined ? 0 : firstFrom(places, block.from);
  return places.slice(first, first + MAX_PLACES).filter(({ row }) => block === undefined || row <= block.to);
}

/** In a cell that is the figure and its unit, or in a cell of their own on either side of the figure's. */
function unitsAlone(figure: PlacedNumber, printed: PrintedDocument): readonly string[] {
  const { before, behind, cells, at } = aroundIn(printed, figure);
  if (before !== "" && behind !== "") return [];
  const texts = before + behind === "" ? [cells[at + 1]?.text, cells[at - 1]?.text] : [before + behind];
  return texts.flatMap((text) => unitCodeOf(text ?? "") ?? []);
}

function unitsInText(figure: PlacedNumber, printed: PrintedDocument): readonly string[] {
  const { before, behind } = aroundIn(printed, figure);
  return [unitBehind(behind) ?? unitBefore(before) ?? []].flat();
}

/** What the figure's cell says before and behind it, and which cell of its row that is. */
function aroundIn({ rows }: PrintedDocument, { row, cellLeft, start, end }: PlacedNumber) {
  const cells = rows[row]?.cells ?? [];
  const at = cells.findIndex(({ left }) => left === cellLeft);
  const text = cells[at]?.text ?? "";
  return { before: text.slice(0, start).trim(), behind: text.slice(end).trim(), cells, at };
}

/** Whether a unit is a word of the line, or of the document where it is of the whole. */
function isPrintedIn(block: Block | undefined, unit: string, { rows, text }: PrintedDocument): boolean {
  if (block === undefined || block.to - block.from > MAX_ROWS) return text.has(unit);
  const printed = new PrintedValue(unit);
  return rows.slice(block.from, block.to + 1).some(({ cells }) => cells.some((cell) => printed.isIn(cell.text)));
}
