/** Days are those of UTC, written as in ISO 8601: `2026-11-23`. */

/** The day that a moment is in. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, "2026-11-23".length);
}

export function daysBefore(day: string, count: number): string {
  const moment = new Date(day);
  moment.setUTCDate(moment.getUTCDate() - count);
  return dayOf(moment);
}
