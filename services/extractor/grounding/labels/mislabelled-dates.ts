import type { Facts } from "@flowstate/contracts";
import { foldedText } from "../printed/folded-text.ts";
import type { PrintedDocument } from "../printed/printed-document.ts";
import type { Place } from "../printed/printed-place.ts";
import { isHeading, titlesIn } from "../title/document-titles.ts";
import { type DateMeaning, dateMeanings } from "./date-words.ts";
import { meaningsAt } from "./label-of-place.ts";

/** What is read of the words before a date, in UTF-16 units: a hostile cell is long. */
const MAX_WORDS = 160;
/** More different dates are a calendar: then nothing is said about any. Of one date, as many places are looked at. */
const MAX_DATES = 100;
const MAX_PLACES = 20;
/** A number, and perhaps the word for its date: `Nr. 4711 vom`. The code of a title is none: `(380)`. */
const NUMBERED =
  /(?<![\p{L}\p{N}(])(?<number>(?=\S*\d)[\p{L}\p{N}][\p{L}\p{N}./_-]{2,})[\s,]+(?<dated>vom|dated|of|du|del|van|dd\.?|z dnia)?\s*$/u;

/**
 * Pointers to the dates of the document that the page says are something else: wherever one is printed stand the words for
 * another, or another one stands behind its words. None where the page does not tell.
 */
export function mislabelledDates(facts: Facts, { dates }: PrintedDocument): readonly string[] {
  if (dates.size > MAX_DATES) return [];
  const { document_date: issued, due_date: due } = facts;
  const meanings = new Map(
    [...dates].map(([date, places]) => [date, places.slice(0, MAX_PLACES).map((place) => meaningsOf(place, facts))]),
  );
  const isCalled = (date: string, wanted: readonly DateMeaning[]) =>
    meanings.get(date)?.some((called) => wanted.some((meaning) => called.has(meaning))) === true;
  const isMislabelled = (date: string | null, wanted: readonly [DateMeaning, ...DateMeaning[]]) => {
    if (date === null || !dates.has(date) || isCalled(date, wanted)) return false;
    const others = [...dates.keys()].filter((other) => other !== date);
    if (others.some((other) => isCalled(other, [wanted[0]]))) return true;
    // What is to be paid at once is due when it is issued, and called one of the two.
    const isBoth = issued === due && !others.some((other) => isCalled(other, wanted));
    return !isBoth && meanings.get(date)?.every((called) => called.size > 0) === true;
  };
  return [
    ...(isMislabelled(issued, ["issued", "dated"]) ? ["/document_date"] : []),
    ...(isMislabelled(due, ["due"]) ? ["/due_date"] : []),
  ];
}

function meaningsOf(place: Place, facts: Facts): ReadonlySet<DateMeaning> {
  return meaningsAt(place, (words, where) => {
    // Below a title anything may stand.
    const meaning = where === "above" ? undefined : meaningOfTitle(words, facts);
    return meaning === undefined ? dateMeanings(words, facts.document_type) : new Set([meaning]);
  });
}

/** A date behind the document's own number or title is its own, one behind the number of another document is that one's. */
function meaningOfTitle(words: string, { document_type, document_number }: Facts): DateMeaning | undefined {
  const { number, dated } = NUMBERED.exec(words.slice(-MAX_WORDS))?.groups ?? {};
  if (number !== undefined && document_number !== null) {
    const [printed, own] = [compact(number), compact(document_number)];
    if (own.includes(printed) || printed.includes(own)) return "issued";
    return dated === undefined ? undefined : "other";
  }
  return isHeading(words) && titlesIn(words).includes(document_type) ? "issued" : undefined;
}

function compact(number: string): string {
  return foldedText(number).replace(/[^\p{L}\p{N}]/gu, "");
}
