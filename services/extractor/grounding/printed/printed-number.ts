import { withPlainDigits } from "./digits.ts";
import { type PrintedSign, printedSign } from "./printed-sign.ts";

/**
 * Numbers as people print them. What a spelling means may depend on the country (`1.234` is a thousand and more in Vienna,
 * and one and a bit in London), so a number has readings, and its document decides between them where it can.
 */
export interface PrintedNumber {
  /** Magnitudes as plain decimals without trailing zeros: at least one. */
  readonly readings: readonly string[];
  readonly sign: PrintedSign;
  /** Written as an amount of money is: with exactly two decimals. */
  readonly hasCents: boolean;
  readonly isPercentage: boolean;
  /** Where it stands in the text it was found in, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Which character begins the fraction. */
export type DecimalMark = "," | ".";

/** Longest spelling of a number, in UTF-16 units. */
const MAX_LENGTH = 48;
/** Words of a run that may be one number between them: more are a row of numbers. */
const MAX_WORDS = 24;
const RUN = /\d(?:[\d.,' ]*\d)?/g;
/** How much more often one mark must begin fractions than the other for the document to be taken to use only that one. */
const CLEAR_MAJORITY = 4;
/** Letters that may touch a number on its left: a currency, by its code or as people write it. */
const CURRENCY_BEFORE = /(?:^|[^\p{L}])(?:[A-Z]{3}|US|CA|AU|Fr\.?|Rs\.?|kr\.?|zł|Kč|Ft)$/u;

/** The magnitude of a decimal, without trailing zeros: how a value from an extraction is compared with readings. */
export function magnitude(decimal: string): string {
  const [whole = "", fraction = ""] = decimal.replace("-", "").split(".");
  const digits = whole.replace(/^0+(?=\d)/, "");
  const kept = fraction.replace(/0+$/, "");
  return kept === "" ? digits : `${digits === "" ? "0" : digits}.${kept}`;
}

/** Every number in a text that `plainPrint` made. `mark` is what `decimalMark` says about the document. */
export function printedNumbers(text: string, mark: DecimalMark | undefined): PrintedNumber[] {
  return runsIn(text).flatMap(({ words, start }) => {
    const found: PrintedNumber[] = [];
    for (const group of groupsOf(words)) {
      const joined = group.map(({ text: word }) => word).join("");
      const parsed = parse(joined, mark);
      const from = start + (group[0]?.at ?? 0);
      const last = group.at(-1);
      const to = start + (last === undefined ? 0 : last.at + last.text.length);
      if (parsed === undefined || !standsAlone(text, from, to)) continue;
      const sign = printedSign(text, from, to);
      found.push({ ...parsed, sign, isPercentage: /^ ?[%‰]/.test(text.slice(to, to + 2)), start: from, end: to });
    }
    return found;
  });
}

/** Spells a text with one kind of space, hyphen, apostrophe and digit, and ligatures as their letters. */
export function plainPrint(text: string): string {
  return withPlainDigits(text.normalize("NFKC"))
    .replace(/\s+/g, " ")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u2018\u2019\u00b4`]/g, "'");
}

/** What begins fractions in a document; undefined when it uses both, or neither. */
export function decimalMark(texts: Iterable<string>): DecimalMark | undefined {
  let commas = 0;
  let points = 0;
  for (const text of texts) {
    for (const [run] of text.matchAll(RUN)) {
      for (const word of run.split(" ")) {
        const mark = /^\d+[.,](?:\d{1,2}|\d{4,})$|^\d{1,3}(?:[.']\d{3})+,\d+$|^\d{1,3}(?:[,']\d{3})+\.\d+$/.exec(word);
        if (mark === null) continue;
        if (word.lastIndexOf(",") > word.lastIndexOf(".")) commas++;
        else points++;
      }
    }
  }
  if (commas >= CLEAR_MAJORITY * points && commas > 0) return ",";
  if (points >= CLEAR_MAJORITY * commas && points > 0) return ".";
  return undefined;
}

interface Word {
  readonly text: string;
  /** From the beginning of its run. */
  readonly at: number;
}

function runsIn(text: string): { readonly words: readonly Word[]; readonly start: number }[] {
  return [...text.matchAll(RUN)].map(({ 0: run, index }) => ({
    start: index,
    words: [...run.matchAll(/[^ ]+/g)].map((word) => ({ text: word[0], at: word.index })),
  }));
}

/**
 * The ways in which words of a run may belong together: each by itself; thousands that are parted by spaces; and pieces
 * that are no numbers by themselves, because the space came from the way the characters were placed.
 */
function groupsOf(words: readonly Word[]): (readonly Word[])[] {
  const groups: (readonly Word[])[] = words.filter(({ text }) => text.length <= MAX_LENGTH).map((word) => [word]);
  if (words.length > MAX_WORDS) return groups;
  for (let from = 0; from < words.length; from++) {
    if (!/^\d{1,3}$/.test(words[from]?.text ?? "")) continue;
    for (let to = from + 1; to < words.length && /^\d{3}(?:[.,]\d+)?$/.test(words[to]?.text ?? ""); to++) {
      groups.push(words.slice(from, to + 1));
    }
  }
  const broken =
    words.some(({ text }) => !/^\d.*\d$|^\d$/.test(text)) ||
    (words.length > 2 && words.every(({ text }) => text.length === 1));
  if (broken) groups.push(words);
  return groups;
}

function parse(
  spelling: string,
  mark: DecimalMark | undefined,
): Pick<PrintedNumber, "readings" | "hasCents"> | undefined {
  const asComma = readAs(spelling, ",");
  const asPoint = readAs(spelling, ".");
  const both = [asComma, asPoint].flatMap((reading) => reading ?? []);
  const chosen = { ",": asComma, ".": asPoint, none: undefined }[mark ?? "none"];
  const kept = chosen === undefined ? both : [chosen];
  if (kept.length === 0) return undefined;
  return { readings: [...new Set(kept.map(magnitude))], hasCents: kept.some((reading) => /\.\d{2}$/.test(reading)) };
}

/** With this mark before the fraction, and another separator between the thousands. */
function readAs(spelling: string, mark: DecimalMark): string | undefined {
  const [whole = "", fraction, ...rest] = spelling.split(mark);
  if (whole === "" || rest.length > 0) return undefined;
  if (fraction !== undefined && !/^\d+$/.test(fraction)) return undefined;
  const other = mark === "," ? "." : ",";
  const separators = new Set(whole.replace(/\d/g, ""));
  if (separators.size > 1 || (separators.size === 1 && !separators.has(other) && !separators.has("'")))
    return undefined;
  const groups = whole.split(/[.,']/);
  if (groups.length > 1 && !isGrouped(groups, whole.includes(","))) return undefined;
  const digits = groups.join("");
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

/** By thousands; with commas also by lakhs, as in India: a thousand, then hundreds. */
function isGrouped([first = "", ...rest]: readonly string[], byCommas: boolean): boolean {
  if (first.length > 3 || /^0/.test(first) || rest.at(-1)?.length !== 3) return false;
  if (rest.every(({ length }) => length === 3)) return true;
  return byCommas && first.length <= 2 && rest.slice(0, -1).every(({ length }) => length === 2);
}

/** Whether a number begins and ends where it does, and is no part of an identifier, a date, a time or a fraction. */
function standsAlone(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 8), from);
  const after = text.slice(to, to + 2);
  if (/[\p{L}]$/u.test(before) && !CURRENCY_BEFORE.test(before)) return false;
  if (/\p{N}[-/:_#]$|\p{L}[-_#]$/u.test(before)) return false;
  return !/^[-/:_]\d/.test(after) && !/^[.,]\d/.test(after) && !/\d[.,']$/.test(before);
}
