/** Dates as people print them, in the languages of the documents that reach us: as ISO 8601 calendar dates. */

/** By month. A form is a name, or the beginning of one with three letters or more that belongs to one month only. */
const MONTH_NAMES: readonly (readonly string[])[] = [
  ["january", "januar", "janner", "janvier", "enero", "gennaio", "januari", "janeiro", "styczen", "stycznia"],
  ["february", "februar", "feber", "fevrier", "febrero", "febbraio", "februari", "fevereiro", "luty", "lutego"],
  ["march", "marz", "maerz", "mrz", "mars", "marzo", "maart", "mrt", "marco", "marzec", "marca"],
  ["april", "avril", "abril", "aprile", "kwiecien", "kwietnia"],
  ["may", "mai", "mayo", "maggio", "mei", "maio", "maj", "maja"],
  ["june", "juni", "juin", "junio", "giugno", "junho", "czerwiec", "czerwca"],
  ["july", "juli", "juillet", "julio", "luglio", "julho", "lipiec", "lipca"],
  ["august", "aout", "agosto", "augustus", "sierpien", "sierpnia"],
  ["september", "septembre", "septiembre", "setiembre", "settembre", "setembro", "wrzesien", "wrzesnia"],
  ["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "pazdziernik", "pazdziernika"],
  ["november", "novembre", "noviembre", "novembro", "listopad", "listopada"],
  ["december", "dezember", "decembre", "diciembre", "dicembre", "dezembro", "grudzien", "grudnia"],
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

/** A date, and where it stands in the folded text that it was found in, in UTF-16 units. */
export interface PrintedDate {
  /** ISO 8601 calendar date. */
  readonly date: string;
  /** Which of the texts. */
  readonly text: number;
  readonly start: number;
  readonly end: number;
}
type Placed = Omit<PrintedDate, "date">;

/**
 * All dates in these texts, which `foldedText` made. `03/05/2026` is one date in Dover and another in Dallas: where no other
 * date of the document tells, it counts as both.
 */
export function printedDates(folded: readonly string[]): readonly PrintedDate[] {
  const dates: PrintedDate[] = [];
  const slashed: { readonly at: Placed; readonly first: number; readonly second: number; readonly year: string }[] = [];
  for (const [text, print] of folded.entries()) {
    const add = (match: RegExpExecArray, year: string | undefined, month: number, day: string | undefined) => {
      const date = isoDate(year ?? "", month, Number(day));
      if (date !== undefined) dates.push({ date, ...placeOf(match, text) });
    };
    for (const match of print.matchAll(YEAR_FIRST)) add(match, match[1], Number(match[3]), match[4]);
    for (const match of print.matchAll(COMPACT)) add(match, match[1], Number(match[2]), match[3]);
    for (const match of print.matchAll(DAY_FIRST)) add(match, match[3], MONTH_OF.get(match[2] ?? "") ?? 0, match[1]);
    for (const match of print.matchAll(MONTH_FIRST)) add(match, match[3], MONTH_OF.get(match[1] ?? "") ?? 0, match[2]);
    for (const match of print.matchAll(NUMERIC)) {
      const [, first = "", mark, second = "", year = ""] = match;
      if (mark === ".") add(match, year, Number(second), first);
      else slashed.push({ at: placeOf(match, text), first: Number(first), second: Number(second), year });
    }
  }
  const dayFirst = slashed.some(({ first, second }) => first > 12 && second <= 12);
  const monthFirst = slashed.some(({ first, second }) => second > 12 && first <= 12);
  for (const { at, first, second, year } of slashed) {
    const readings = [
      ...(dayFirst || !monthFirst ? [isoDate(year, second, first)] : []),
      ...(monthFirst || !dayFirst ? [isoDate(year, first, second)] : []),
    ];
    for (const date of new Set(readings)) if (date !== undefined) dates.push({ date, ...at });
  }
  return dates;
}

function placeOf({ 0: found, index }: RegExpExecArray, text: number): Placed {
  return { text, start: index, end: index + found.length };
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
