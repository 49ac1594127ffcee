import { type DateReading, type Span, spanOf } from "./date-reading.ts";
import { monthsNamed } from "./month-names.ts";

/** Dates whose month has a name, in whichever order: 23 Nov 2026 · November 23rd, 2026 · 2026. november 23. · 23.XI.2026 */

const WORD = /\p{L}+/gu;
const SECOND_WORD = /^[ .](?<word>\p{L}+)/u;
/** What may stand between the parts of a date: marks, and words that say nothing. */
const MARKS = String.raw`[\s.,/'"«»“”„-]{0,3}`;
const GLUE = String.raw`(?:of|the|de|del|dels|di|du|den|d|da|do|ta|m|g|gada|\(?e?\)?ko|ж|жылы)`;
const GAP = String.raw`${MARKS}(?:(?<!\p{L})${GLUE}(?!\p{L})${MARKS}){0,2}`;
const DAY = String.raw`(?<!\d)(?<day>\d{1,2})(?:st|nd|rd|th|er|re|eme|o|a|e|ης|η|-?(?:го|те|и|а))?(?![\p{L}\d])`;
const YEAR = String.raw`(?<year>\d{4}|\d{2})(?!\d)`;
const FULL_YEAR = String.raw`(?<!\d)(?<year>\d{4})(?!\d)`;

const DAY_BEFORE = new RegExp(`${DAY}${GAP}$`, "u");
const YEAR_BEFORE = new RegExp(`${FULL_YEAR}${GAP}$`, "u");
const YEAR_AND_DAY_BEFORE = new RegExp(`${FULL_YEAR}${GAP}${DAY}${GAP}$`, "u");
const YEAR_BEHIND = new RegExp(`^${GAP}${YEAR}`, "u");
const DAY_BEHIND = new RegExp(`^${GAP}${DAY}`, "u");
const DAY_AND_YEAR_BEHIND = new RegExp(`^${GAP}${DAY}${GAP}${YEAR}`, "u");
/** How far from the name of its month a date is read, in UTF-16 units. */
const REACH = 32;

const ROMAN =
  /(?<!\d)(?<day>\d{1,2})(?: ?[./-] ?| (?=[ivx]{2}))(?<month>[ivx]{1,4}) ?[./ -] ?(?<year>\d{4}|\d{2})(?!\d)/g;
const ROMAN_MONTHS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];

/** In a text that `foldedText` made. */
export function datesInWords(print: string): readonly DateReading[] {
  const named = [...print.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const end = index + word.length;
    const months = monthsNamed(word);
    if (months !== undefined) return datesAround(print, { start: index, end }, months);
    const second = SECOND_WORD.exec(print.slice(end, end + REACH));
    const pair = second === null ? undefined : monthsNamed(`${word} ${second.groups?.["word"]}`);
    return second === null || pair === undefined
      ? []
      : datesAround(print, { start: index, end: end + second[0].length }, pair);
  });
  return [...named, ...[...print.matchAll(ROMAN)].map(romanReading)];
}

/** Every way in which the numbers around a month's name make a date with it. */
function datesAround(print: string, name: Span, months: ReadonlySet<number>): readonly DateReading[] {
  const before = print.slice(Math.max(0, name.start - REACH), name.start);
  const behind = print.slice(name.end, name.end + REACH);
  const [day, year] = [DAY_BEFORE.exec(before), YEAR_BEHIND.exec(behind)];
  const dayAndYearBehind = DAY_AND_YEAR_BEHIND.exec(behind);
  const found: Array<readonly [RegExpExecArray | null, RegExpExecArray | null]> = [
    // `5 November 23, 2026` has its year at the end.
    ...(day !== null && year !== null && dayAndYearBehind?.groups?.["year"]?.length !== 4
      ? [[day, year] as const]
      : []),
    [null, dayAndYearBehind],
    ...(year === null ? [[YEAR_AND_DAY_BEFORE.exec(before), null] as const] : []),
    ...(day === null ? [[YEAR_BEFORE.exec(before), DAY_BEHIND.exec(behind)] as const] : []),
  ];
  return found.flatMap(([first, second]) => {
    const parts = { ...first?.groups, ...second?.groups };
    const { day: printedDay, year: printedYear } = parts;
    if (printedDay === undefined || printedYear === undefined) return [];
    const start = name.start - (first?.[0].length ?? 0);
    const end = name.end + (second?.[0].length ?? 0);
    return [...months].map((month) => ({ year: printedYear, month, day: Number(printedDay), start, end }));
  });
}

function romanReading(match: RegExpExecArray): DateReading {
  const { day, month = "", year = "" } = match.groups ?? {};
  return { year, month: ROMAN_MONTHS.indexOf(month) + 1, day: Number(day), ...spanOf(match) };
}
