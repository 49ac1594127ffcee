import type { Facts } from "@flowstate/contracts";
import { foldedText } from "../printed/folded-text.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import { headingOver, label } from "./heading-over.ts";
import { type MeasureMeaning, measureWords } from "./measure-words.ts";

/** Of one value: more are looked at only where somebody wants it to take long. */
const MAX_PLACES = 50;
/** Where the words of another number begin or end: at a figure, or at what parts two statements. */
const BREAK = /[\d,;|]/;

/**
 * Pointers to weights and packages of the whole that the page prints only as something else: wherever the number stands are
 * the words for another, beside it or over the column that it is the sum of.
 */
export function mislabelledMeasures({ totals }: Facts, printed: PrintedDocument): readonly string[] {
  const stated = [
    ["/totals/net_weight/value", totals.net_weight?.value, "net_weight"],
    ["/totals/gross_weight/value", totals.gross_weight?.value, "gross_weight"],
    ["/totals/packages", totals.packages, "packages"],
  ] as const;
  return stated.flatMap(([path, value, wanted]) => {
    if (value === null || value === undefined) return [];
    const places = (printed.countsByValue.get(magnitude(value)) ?? []).slice(0, MAX_PLACES);
    const meanings = places.map((place) => meaningsOf(place, printed));
    const isOther = meanings.length > 0 && meanings.every((said) => said.size > 0 && !said.has(wanted));
    return isOther ? path : [];
  });
}

function meaningsOf(number: PlacedNumber, { rows }: PrintedDocument): ReadonlySet<MeasureMeaning> {
  const cells = rows[number.row]?.cells ?? [];
  const at = cells.findIndex(({ left }) => left === number.cellLeft);
  const text = cells[at]?.text ?? "";
  // Words may stand on either side: `gross 812 kg`, `812 kg gross`.
  const own = wordsIn(
    text.slice(0, number.start).split(BREAK).at(-1) ?? "",
    text.slice(number.end).split(BREAK)[0] ?? "",
  );
  if (own.size > 0) return own;
  const beside = wordsIn(label(cells[at - 1]?.text));
  return beside.size > 0 ? beside : wordsIn(...headingOver(number, rows));
}

function wordsIn(...texts: readonly string[]): ReadonlySet<MeasureMeaning> {
  return new Set(texts.flatMap((text) => measureWords(foldedText(text)).map(({ family }) => family)));
}
