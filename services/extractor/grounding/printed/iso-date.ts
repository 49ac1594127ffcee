/** Thailand counts its years from the death of the Buddha: these are 1997 to 2096. */
const BUDDHIST = { from: 2540, to: 2639, ahead: 543 };

/**
 * The ISO 8601 calendar date of a year as it is printed; undefined where the calendar has no such day. Two digits of a year
 * mean this century: documents of the last one are not sent for booking.
 */
export function isoDate(printedYear: string, month: number, day: number): string | undefined {
  const full = Number(printedYear.length === 2 ? `20${printedYear}` : printedYear);
  const year = full >= BUDDHIST.from && full <= BUDDHIST.to ? full - BUDDHIST.ahead : full;
  const iso = [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined;
}
