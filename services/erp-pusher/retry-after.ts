const SECONDS = /^\d+$/;
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const TIME = "\\d{2}:\\d{2}:\\d{2}";
/** Dates as servers must write them, and in the two obsolete ways that a recipient must read (RFC 9110 §5.6.7). */
const DATES = [
  `${DAY}, \\d{2} ${MONTH} \\d{4} ${TIME} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT`,
  `${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}`,
].map((date) => new RegExp(`^${date}$`));

/**
 * How long `Retry-After` asks to wait, milliseconds from `now`, never negative: seconds or a date (RFC 9110 §10.2.3).
 * Undefined for anything else: the header is then as good as absent.
 */
export function parseRetryAfter(value: unknown, now: Date): number | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  if (!DATES.some((date) => date.test(text))) return undefined;
  // All of them are in UTC, which only the last one leaves unsaid.
  const at = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
