import { type DateReading, spanOf } from "./date-reading.ts";

/** Dates of digits whose parts can be told apart: the others are `datesWithSlashes`. */

const YEAR_FIRST = /(?<![\d.,/-])(?<year>\d{4})(?<mark>[-./]) ?(?<month>\d{1,2})\k<mark> ?(?<day>\d{1,2})(?!\d)/g;
/** 26-11-09, as in Canada and Sweden: the year is this one or near it. */
const SHORT_YEAR_FIRST = /(?<![\d.,/-])(?<year>[23]\d)-(?<month>\d{2})-(?<day>\d{2})(?![\d.,/-])/g;
const SPACED_YEAR_FIRST = /(?<![\d.,/-]|\d )(?<year>\d{4}) (?<month>\d{2}) (?<day>\d{2})(?![\d.,/-]| \d)/g;
const COMPACT = /(?<![\p{L}\d.,/-])(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?![\p{L}\d.,/-])/gu;
const WITH_DOTS = /(?<![\d.,/-])(?<day>\d{1,2})\. ?(?<month>\d{1,2})\. ?(?<year>\d{4}|'?\d{2})(?!\d)/g;
const WITH_SPACED_DOTS = /(?<![\d.,/-]|\d )(?<day>\d{1,2}) \. (?<month>\d{1,2}) \. (?<year>\d{4})(?!\d)/g;
/** 9 tháng 11 năm 2026 */
const VIETNAMESE = /(?<!\d)(?<day>\d{1,2}) thang (?<month>\d{1,2})(?: nam|,? nam|,)? (?<year>\d{4})(?!\d)/g;
/** 2026年11月9日 · 2026년 11월 9일 · 令和8年11月9日 · 民國115年11月9日: a folded syllable of Korean is its letters. */
const WITH_UNITS = new RegExp(
  String.raw`(?<era>令和|民[国國])?\s*(?<!\d)(?<year>\d{1,4})\s*(?:年|${"년".normalize("NFD")})` +
    String.raw`\s*(?<month>\d{1,2})\s*(?:月|${"월".normalize("NFD")})\s*(?<day>\d{1,2})(?!\d)`,
  "gu",
);
const PATTERNS = [
  ...[YEAR_FIRST, SHORT_YEAR_FIRST, SPACED_YEAR_FIRST, COMPACT, WITH_DOTS, WITH_SPACED_DOTS, VIETNAMESE, WITH_UNITS],
];
/** From one date to another: 1.-5.3.2026 · 01.03.-05.03.2026 · 28.12.2026-03.01.2027 */
const RANGE =
  /(?<![\d.,/-])(?<first>\d{1,2})\. ?(?:(?<firstMonth>\d{1,2})\. ?(?<firstYear>\d{4}|\d{2})?)? ?- ?(?<last>(?<day>\d{1,2})\. ?(?<month>\d{1,2})\. ?(?<year>\d{4}|\d{2}))(?!\d)/g;
/** The year before the first of an era. */
const ERAS: Readonly<Record<string, number>> = { 令和: 2018, 民国: 1911, 民國: 1911 };

const SLASHED = /(?<![\d.,/-])(\d{1,2})([-/]) ?(\d{1,2})\2 ?(\d{4}|\d{2})(?!\d)/g;
/** The end of a range of such dates. */
const SLASHED_END = /(?<=\/\d{4}-)(\d{1,2})(\/) ?(\d{1,2})\/ ?(\d{4}|\d{2})(?!\d)/g;
/** As in the boxes of a form. */
const SPACED = /(?<![\d.,/-]|\d )(\d{2})( )(\d{2}) (\d{4})(?![\d.,/-]| \d)/g;
const BOXED = /(?<![\d.,/|-]|[\d|] )(\d{2}) ?(\|) ?(\d{2}) ?\| ?(\d{4})(?![\d.,/-]| ?\|? ?\d)/g;
/** 05032026 is a number like any other but behind a word for a date. */
const UNPARTED =
  /(?<=(?:\p{L}datum|(?<!\p{L})(?:datum|dated?|fecha|data|dato))[^\p{L}\d]{0,4})(\d{2})()(\d{2})(20\d{2})(?![\p{L}\d.,/-])/gu;

/** In a text that `foldedText` made. */
export function datesInDigits(print: string): readonly DateReading[] {
  const single = PATTERNS.flatMap((pattern) =>
    [...print.matchAll(pattern)].map((match) => {
      const { era = "", year = "", month, day } = match.groups ?? {};
      const inEra = ERAS[era];
      const printed = inEra === undefined ? year.replace("'", "") : String(inEra + Number(year));
      return { year: printed, month: Number(month), day: Number(day), ...spanOf(match) };
    }),
  );
  return [...single, ...[...print.matchAll(RANGE)].flatMap(endsOfRange)];
}

/** What the first date leaves out is that of the last. */
function endsOfRange(match: RegExpExecArray): readonly DateReading[] {
  const { first, firstMonth, firstYear, last = "", day, month, year = "" } = match.groups ?? {};
  const { start, end } = spanOf(match);
  const from = { year: firstYear ?? year, month: Number(firstMonth ?? month), day: Number(first), start, end };
  return [from, { year, month: Number(month), day: Number(day), start: end - last.length, end }];
}

/** A date whose first two numbers are a day and a month, or a month and a day. */
export interface SlashedDate extends Pick<DateReading, "year" | "start" | "end"> {
  readonly first: number;
  readonly second: number;
}

/** In a text that `foldedText` made: with slashes, hyphens, bars, spaces or nothing between. */
export function datesWithSlashes(print: string): readonly SlashedDate[] {
  return [SLASHED, SLASHED_END, SPACED, BOXED, UNPARTED].flatMap((pattern) =>
    [...print.matchAll(pattern)].map((match) => {
      const [, first, , second, year = ""] = match;
      return { first: Number(first), second: Number(second), year, ...spanOf(match) };
    }),
  );
}
