import { CURRENCY_LETTER, CURRENCY_WORD } from "./currency-signs.ts";
import { withPlainDigits } from "./digits.ts";
import { withoutFootnotes } from "./footnotes.ts";
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
/** A fraction of nothing may begin with its mark, which is no end of a word or of a row of dots: `.75`. */
const RUN = /(?:(?<![\p{L}\p{N}.,])[.,](?=\d))?\d(?:[\d.,' ]*\d)?/gu;
/** 12€50, and the escudo's 12$50. */
const AROUND_SIGN =
  /(?<![\p{L}\p{N}.,])(?<whole>\d{1,3}(?: \d{3}){1,4}|\d[\d.,']{0,15})\p{Sc}(?<cents>\d{2})(?![\p{L}\p{N}]|[.,]\d)/gu;
/** How much more often one mark must begin fractions than the other for the document to be taken to use only that one. */
const CLEAR_MAJORITY = 4;
/** Letters that may touch a number on its left: a currency, by its code or as people write it. */
const CURRENCY_BEFORE = new RegExp(String.raw`(?:^|[^\p{L}])${CURRENCY_WORD}$`, "u");
/** The rand and others are called by one letter, as many things are: it touches only what is written as money. */
const LETTER_BEFORE = new RegExp(String.raw`(?:^|[^\p{L}\p{N}])${CURRENCY_LETTER}$`, "u");
const WRITTEN_AS_MONEY = /[.,]\d{2}$|^\d{1,3}(?:[.,' ]\d{3})+$/;

/** A price and how many units it is for: `12,50/100 kg`. Other numbers around a slash are parts of something else. */
const FRACTION_THEN_SLASH = /[.,]\d{2,4}\/$/;
const BASE = /^10{0,4}$/;
const PRICE_BASE_BEHIND = /^\/10{0,4}(?![\d.,/])/;

/** The magnitude of a decimal, without trailing zeros: how a value from an extraction is compared with readings. */
export function magnitude(decimal: string): string {
  const [whole = "", fraction = ""] = decimal.replace("-", "").split(".");
  const digits = whole.replace(/^0+(?=\d)/, "");
  const kept = fraction.replace(/0+$/, "");
  return kept === "" ? digits : `${digits === "" ? "0" : digits}.${kept}`;
}

/** Every number in a text that `plainPrint` made. `mark` is what `decimalMark` says about the document. */
export function printedNumbers(text: string, mark: DecimalMark | undefined): PrintedNumber[] {
  return [...numbersInRuns(text, mark), ...numbersAroundSigns(text, mark)];
}

function numbersInRuns(text: string, mark: DecimalMark | undefined): PrintedNumber[] {
  return runsIn(text).flatMap(({ words, start }) => {
    const found: PrintedNumber[] = [];
    for (const group of groupsOf(words)) {
      if (isRestOfNumber(group, words)) continue;
      const joined = group.map(({ text: word }) => word).join("");
      const parsed = parse(joined, mark);
      const from = start + (group[0]?.at ?? 0);
      const last = group.at(-1);
      const to = start + (last === undefined ? 0 : last.at + last.text.length);
      if (parsed === undefined || !standsAlone(text, from, to)) continue;
      found.push({ ...parsed, ...markedAt(text, from, to) });
    }
    return found;
  });
}

/** Whether a word that begins with a mark belongs to the one before it, which has no fraction yet: `1.234 ,50`. */
function isRestOfNumber([first]: readonly Word[], words: readonly Word[]): boolean {
  if (first === undefined || !/^[.,]/.test(first.text)) return false;
  const before = words[words.indexOf(first) - 1];
  return before !== undefined && !/[.,]\d{1,2}$/.test(before.text);
}

function numbersAroundSigns(text: string, mark: DecimalMark | undefined): PrintedNumber[] {
  if (!/\d\p{Sc}\d/u.test(text)) return [];
  return [...text.matchAll(AROUND_SIGN)].flatMap(({ 0: spelling, index, groups: { whole = "", cents = "" } = {} }) => {
    // What is before a space may be a number of its own.
    const units = [whole.replaceAll(" ", ""), whole.slice(whole.lastIndexOf(" ") + 1)]
      .flatMap((spelled) => parse(spelled, mark)?.readings ?? [])
      .filter((reading) => !reading.includes("."));
    const readings = [...new Set(units.map((unit) => magnitude(`${unit}.${cents}`)))];
    return readings.length === 0 ? [] : { readings, hasCents: true, ...markedAt(text, index, index + spelling.length) };
  });
}

/** What is printed beside the number between these places. */
function markedAt(
  text: string,
  start: number,
  end: number,
): Pick<PrintedNumber, "sign" | "isPercentage" | "start" | "end"> {
  const isPercentage =
    /^ ?[%‰]/.test(text.slice(end, end + 2)) || /(?<!\d ?)%$/.test(text.slice(Math.max(0, start - 3), start));
  return { sign: printedSign(text, start, end), isPercentage, start, end };
}

/** Spells a text with one kind of space, hyphen, apostrophe and digit, and ligatures as their letters. */
export function plainPrint(text: string): string {
  return withPlainDigits(withoutFootnotes(text).normalize("NFKC"))
    .replace(/\s+/g, " ")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u2018\u2019\u02bc\u2032\u00b4`]/g, "'");
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
    words.length > 1 &&
    (words.some(({ text }) => !/^\d.*\d$|^\d$/.test(text)) ||
      (words.length > 2 && words.every(({ text }) => text.length === 1)));
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
  if (rest.length > 0 || (fraction !== undefined && !/^\d+$/.test(fraction))) return undefined;
  if (whole === "") return `0.${fraction}`;
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
  if (first.length > 3 || /^0|^$/.test(first) || rest.at(-1)?.length !== 3) return false;
  if (rest.every(({ length }) => length === 3)) return true;
  return byCommas && first.length <= 2 && rest.slice(0, -1).every(({ length }) => length === 2);
}

/** Whether a number begins and ends where it does, and is no part of an identifier, a date, a time or a fraction. */
function standsAlone(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 8), from);
  const after = text.slice(to, to + 2);
  if (
    /[\p{L}]$/u.test(before) &&
    !CURRENCY_BEFORE.test(before) &&
    (!LETTER_BEFORE.test(before) || !WRITTEN_AS_MONEY.test(text.slice(from, to)))
  )
    return false;
  const number = text.slice(from, to);
  if (FRACTION_THEN_SLASH.test(before) && BASE.test(number)) return true;
  if (/\p{N}[-/:_#]$|\p{L}[-_#]$/u.test(before)) return false;
  const isPrice = /[.,]\d{2,4}$/.test(number) && PRICE_BASE_BEHIND.test(text.slice(to, to + 8));
  return (isPrice || !/^[-/:_]\d/.test(after)) && !/^[.,]\d/.test(after) && !/\d[.,']$/.test(before);
}
