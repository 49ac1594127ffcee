import { dateIn, dateOrder, type PlacedSlashedDate } from "./date-order.ts";
import type { Span } from "./date-reading.ts";
import { datesInDigits, datesWithSlashes } from "./dates-in-digits.ts";
import { datesInWords } from "./dates-in-words.ts";
import { isoDate } from "./iso-date.ts";

/** A date, and where it stands in the folded text that it was found in, in UTF-16 units. */
export interface PrintedDate extends Span {
  /** ISO 8601 calendar date. */
  readonly date: string;
  /** Which of the texts. */
  readonly text: number;
  /** Whether it may be another date, with day and month the other way round, as far as the document tells. */
  readonly isOpen: boolean;
}

/**
 * All dates in these texts, which `foldedText` made. `03/05/2026` is one date in Dover and another in Dallas: where nothing in
 * the document tells, it counts as both, and both are open. One whose month is called so in one language, and another month
 * is in another, counts as both, too.
 */
export function printedDates(folded: readonly string[]): readonly PrintedDate[] {
  const dates: PrintedDate[] = [];
  const slashed: PlacedSlashedDate[] = [];
  for (const [text, print] of folded.entries()) {
    if (!/\d/.test(print)) continue;
    for (const { year, month, day, start, end } of [...datesInDigits(print), ...datesInWords(print)]) {
      const date = isoDate(year, month, day);
      if (date !== undefined) dates.push({ date, text, start, end, isOpen: false });
    }
    slashed.push(...datesWithSlashes(print).map((each) => ({ ...each, text })));
  }
  if (slashed.length === 0) return dates;
  const order = dateOrder(slashed, folded, new Set(dates.map(({ date }) => date)));
  for (const each of slashed) {
    const { text, start, end } = each;
    const orders = order === undefined ? (["day_first", "month_first"] as const) : [order];
    const readings = new Set(orders.flatMap((one) => dateIn(one, each) ?? []));
    for (const date of readings) dates.push({ date, text, start, end, isOpen: readings.size > 1 });
  }
  return dates;
}
