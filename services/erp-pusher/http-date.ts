const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const TIME = "\\d{2}:\\d{2}:\\d{2}";
/** Dates as servers must write them, and in the two obsolete ways that a recipient must read (RFC 9110 §5.6.7). */
const DATES = [
  `${DAY}, \\d{2} ${MONTH} \\d{4} ${TIME} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT`,
  `${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}`,
].map((date) => new RegExp(`^${date}$`));

/** A date as HTTP writes it (RFC 9110 §5.6.7). Undefined for anything else. */
export function parseHttpDate(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (!DATES.some((date) => date.test(text))) return undefined;
  // All of them are in UTC, which only the last one leaves unsaid.
  const at = new Date(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
