import type { TextPage } from "../../pdf/text-layer.ts";
import { foldedText } from "../printed/folded-text.ts";
import { type Place, placesWhere } from "../printed/printed-place.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { labelledRole } from "./role-words.ts";

/** Letters and digits that a row of a longer value must have to be told from other words. */
const MIN_PART = 4;

/** Where a value stands on these pages, the first places of too many; of one that takes several rows, where it begins and ends. */
export function placesOf(value: string, pages: readonly TextPage[]): readonly Place[] {
  const printed = new PrintedValue(value);
  const places = placesWhere(pages, (text) => printed.indexIn(text));
  if (places.length > 0) return places;
  const whole = bare(value);
  return placesWhere(pages, (text) => {
    const part = bare(text);
    const isPart = part.length >= MIN_PART && (whole.startsWith(part) || whole.endsWith(part));
    return isPart && labelledRole(text) === undefined ? 0 : -1;
  });
}

function bare(text: string): string {
  return foldedText(text).replace(/[^\p{L}\p{N}]/gu, "");
}
