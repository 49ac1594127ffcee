import { type DateReading, spanOf } from "./date-reading.ts";

/** Dates of digits whose parts can be told apart: the others are `datesWithSlashes`. */

const YEAR_FIRST = /(?<![\d.,/-])(?<year>\d{4})(?<mark>[-./]) ?(?<month>\d{1,2})\k<mark> ?(?<day>\d{1,2})(?!\d)/g;
/** 26-11-09, as in Canada and Sweden: the year is this one or near it. */
const SHORT_YEAR_FIRST = /(?<![\d.,/-])(?<year>[23]\d)-(?<month>\d{2})-(?<day>\d{2})(?![\d.,/-])/g;
const SPACED_YEAR_FIRST = /(?<![\d.,/-]|\d )(?<year>\d{4}) (?<month>\d{2}) (?<day>\d{2})(?![\d.,/-]| \d)/g;
const COMPACT = /(?<![\p{L}\d.,/-])(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?![\p{L}\d.,/-])/gu;
const WITH_DOTS = /(?<![\d.,/-])(?<day>\d{1,2})\. ?(?<month>\d{1,2})\. ?(?<year>\d{4}|\d{2})(?!\d)/g;
/** 9 tháng 11 năm 2026 */
const VIETNAMESE = /(?<!\d)(?<day>\d{1,2}) thang (?<month>\d{1,2})(?: nam|,? nam|,)? (?<year>\d{4})(?!\d)/g;
/** 2026年11月9日 · 2026년 11월 9일 · 令和8年11月9日 · 民國115年11月9日: a folded syllable of Korean is its letters. */
const WITH_UNITS = new RegExp(
  String.raw`(?<era>令和|民[国國])?\s*(?<!\d)(?<year>\d{1,4})\s*(?:年|${"년".normalize("NFD")})` +
    String.raw`\s*(?<month>\d{1,2})\s*(?:月|${"월".normalize("NFD")})\s*(?<day>\d{1,2})(?!\d)`,
  "gu",
);
const PATTERNS = [YEAR_FIRST, SHORT_YEAR_FIRST, SPACED_YEAR_FIRST, COMPACT, WITH_DOTS, VIETNAMESE, WITH_UNITS];
/** The year before the first of an era. */
const ERAS: Readonly<Record<string, number>> = { 令和: 2018, 民国: 1911, 民國: 1911 };

const SLASHED = /(?<![\d.,/-])(\d{1,2})([-/]) ?(\d{1,2})\2 ?(\d{4}|\d{2})(?!\d)/g;
/** As in the boxes of a form. */
const SPACED = /(?<![\d.,/-]|\d )(\d{2})( )(\d{2}) (\d{4})(?![\d.,/-]| \d)/g;

/** In a text that `foldedText` made. */
export function datesInDigits(print: string): readonly DateReading[] {
  return PATTERNS.flatMap((pattern) =>
    [...print.matchAll(pattern)].map((match) => {
      const { era = "", year = "", month, day } = match.groups ?? {};
      const inEra = ERAS[era];
      const printed = inEra === undefined ? year : String(inEra + Number(year));
      return { year: printed, month: Number(month), day: Number(day), ...spanOf(match) };
    }),
  );
}

/** A date whose first two numbers are a day and a month, or a month and a day. */
export interface SlashedDate extends Pick<DateReading, "year" | "start" | "end"> {
  readonly first: number;
  readonly second: number;
}

/** In a text that `foldedText` made: with slashes, hyphens or spaces. */
export function datesWithSlashes(print: string): readonly SlashedDate[] {
  return [SLASHED, SPACED].flatMap((pattern) =>
    [...print.matchAll(pattern)].map((match) => {
      const [, first, , second, year = ""] = match;
      return { first: Number(first), second: Number(second), year, ...spanOf(match) };
    }),
  );
}
