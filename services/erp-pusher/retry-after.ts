import { parseHttpDate } from "./http-date.ts";

const SECONDS = /^\d+$/;

/**
 * How long `Retry-After` asks to wait, milliseconds from `now`, never negative: seconds or a date (RFC 9110 §10.2.3).
 * Undefined for anything else: the header is then as good as absent.
 */
export function parseRetryAfter(value: unknown, now: Date): number | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const at = parseHttpDate(text);
  return at === undefined ? undefined : Math.max(0, at.getTime() - now.getTime());
}
