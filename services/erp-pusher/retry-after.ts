/** Digits of a number of seconds: more than a century of them is not meant. */
const SECONDS = /^\d{1,9}$/;
/** A date as servers must write it (RFC 9110 §5.6.7, IMF-fixdate). The obsolete forms are not read. */
const DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long `Retry-After` asks to wait, milliseconds from `now`, never negative: seconds or a date (RFC 9110 §10.2.3).
 * Undefined for anything else: the header is then as good as absent.
 */
export function parseRetryAfter(value: unknown, now: Date): number | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const at = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
