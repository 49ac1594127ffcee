import type { Span } from "./date-reading.ts";
import { datesInDigits, datesWithSlashes, type SlashedDate } from "./dates-in-digits.ts";
import { datesInWords } from "./dates-in-words.ts";

/** Thailand counts its years from the death of the Buddha: these are 1997 to 2096. */
const BUDDHIST = { from: 2540, to: 2639, ahead: 543 };

/** A date, and where it stands in the folded text that it was found in, in UTF-16 units. */
export interface PrintedDate extends Span {
  /** ISO 8601 calendar date. */
  readonly date: string;
  /** Which of the texts. */
  readonly text: number;
}

/**
 * All dates in these texts, which `foldedText` made. `03/05/2026` is one date in Dover and another in Dallas: where no other
 * date of the document tells, it counts as both. So does one whose month is called so in one language, and another month is
 * in another.
 */
export function printedDates(folded: readonly string[]): readonly PrintedDate[] {
  const dates: PrintedDate[] = [];
  const slashed: (SlashedDate & { readonly text: number })[] = [];
  for (const [text, print] of folded.entries()) {
    if (!/\d/.test(print)) continue;
    for (const { year, month, day, start, end } of [...datesInDigits(print), ...datesInWords(print)]) {
      const date = isoDate(year, month, day);
      if (date !== undefined) dates.push({ date, text, start, end });
    }
    slashed.push(...datesWithSlashes(print).map((each) => ({ ...each, text })));
  }
  const dayFirst = slashed.some(({ first, second }) => first > 12 && second <= 12);
  const monthFirst = slashed.some(({ first, second }) => second > 12 && first <= 12);
  for (const { first, second, year, text, start, end } of slashed) {
    const readings = [
      ...(dayFirst || !monthFirst ? [isoDate(year, second, first)] : []),
      ...(monthFirst || !dayFirst ? [isoDate(year, first, second)] : []),
    ];
    for (const date of new Set(readings)) if (date !== undefined) dates.push({ date, text, start, end });
  }
  return dates;
}

/** Two digits of a year mean this century: documents of the last one are not sent for booking. */
function isoDate(printedYear: string, month: number, day: number): string | undefined {
  const full = Number(printedYear.length === 2 ? `20${printedYear}` : printedYear);
  const year = full >= BUDDHIST.from && full <= BUDDHIST.to ? full - BUDDHIST.ahead : full;
  const iso = [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined;
}
