import { foldedText } from "./folded-text.ts";

/** Dates as people print them, in the languages of the documents that reach us: as ISO 8601 calendar dates. */

/** By month. A form is a name, or the beginning of one with three letters or more that belongs to one month only. */
const MONTH_NAMES: readonly (readonly string[])[] = [
  ["january", "januar", "janner", "janvier", "enero", "gennaio", "januari", "janeiro"],
  ["february", "februar", "feber", "fevrier", "febrero", "febbraio", "februari", "fevereiro"],
  ["march", "marz", "maerz", "mrz", "mars", "marzo", "maart", "mrt", "marco"],
  ["april", "avril", "abril", "aprile"],
  ["may", "mai", "mayo", "maggio", "mei", "maio"],
  ["june", "juni", "juin", "junio", "giugno", "junho"],
  ["july", "juli", "juillet", "julio", "luglio", "julho"],
  ["august", "aout", "agosto", "augustus"],
  ["september", "septembre", "septiembre", "setiembre", "settembre", "setembro"],
  ["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
  ["november", "novembre", "noviembre", "novembro"],
  ["december", "dezember", "decembre", "diciembre", "dicembre", "dezembro"],
];
const ABBREVIATION_MIN_LENGTH = 3;
const MONTH_OF = monthsByForm();

const YEAR = String.raw`(\d{4}|\d{2})(?!\d)`;
const YEAR_FIRST = /(?<![\d.,/-])(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?!\d)/g;
const COMPACT = /(?<![\p{L}\d.,/-])(\d{4})(\d{2})(\d{2})(?![\p{L}\d.,/-])/gu;
const NUMERIC = new RegExp(String.raw`(?<![\d.,/-])(\d{1,2})([-./]) ?(\d{1,2})\2 ?${YEAR}`, "g");
/** 23 Nov 2026 · 23. November 2026 · 23rd of November, 2026 · 23 de noviembre de 2026 · 23-NOV-26 */
const DAY_FIRST = new RegExp(
  String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|o|\.)?[ -]*(?:of |de |di )?([a-z]{3,12})\.?,?[ -]*(?:de |del )?${YEAR}`,
  "g",
);
/** November 23, 2026 · Nov. 23rd 2026 */
const MONTH_FIRST = new RegExp(String.raw`(?<![a-z])([a-z]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? ${YEAR}`, "g");

/**
 * All dates in these texts. `03/05/2026` is one date in Dover and another in Dallas: where no other date of the document
 * tells, it counts as both.
 */
export function printedDates(texts: Iterable<string>): ReadonlySet<string> {
  const dates = new Set<string>();
  const add = (year: string | undefined, month: number, day: string | undefined) => {
    const iso = isoDate(year ?? "", month, Number(day));
    if (iso !== undefined) dates.add(iso);
  };
  const slashed: { readonly first: number; readonly second: number; readonly year: string }[] = [];
  for (const printed of texts) {
    const text = foldedText(printed);
    for (const [, year, , month, day] of text.matchAll(YEAR_FIRST)) add(year, Number(month), day);
    for (const [, year, month, day] of text.matchAll(COMPACT)) add(year, Number(month), day);
    for (const [, day, name = "", year] of text.matchAll(DAY_FIRST)) add(year, MONTH_OF.get(name) ?? 0, day);
    for (const [, name = "", day, year] of text.matchAll(MONTH_FIRST)) add(year, MONTH_OF.get(name) ?? 0, day);
    for (const [, first, mark, second, year = ""] of text.matchAll(NUMERIC)) {
      if (mark === ".") add(year, Number(second), first);
      else slashed.push({ first: Number(first), second: Number(second), year });
    }
  }
  const dayFirst = slashed.some(({ first, second }) => first > 12 && second <= 12);
  const monthFirst = slashed.some(({ first, second }) => second > 12 && first <= 12);
  for (const { first, second, year } of slashed) {
    if (dayFirst || !monthFirst) add(year, second, String(first));
    if (monthFirst || !dayFirst) add(year, first, String(second));
  }
  return dates;
}

/** Two digits of a year mean this century: documents of the last one are not sent for booking. */
function isoDate(year: string, month: number, day: number): string | undefined {
  const full = year.length === 2 ? `20${year}` : year;
  const iso = `${full}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined;
}

function monthsByForm(): ReadonlyMap<string, number> {
  const months = new Map<string, number>();
  for (const [index, names] of MONTH_NAMES.entries()) {
    for (const name of names) {
      for (let length = ABBREVIATION_MIN_LENGTH; length <= name.length; length++) {
        const form = name.slice(0, length);
        const known = months.get(form);
        // 0 stands for a beginning that two months share (`jui`).
        months.set(form, known === undefined || known === index + 1 || length === name.length ? index + 1 : 0);
      }
    }
  }
  return months;
}
