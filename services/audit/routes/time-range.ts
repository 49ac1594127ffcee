import { z } from "zod";

/** The times that PostgreSQL and ISO 8601 both write with four digits of year, as milliseconds since 1970. */
const EARLIEST_MS = Date.parse("0001-01-01T00:00:00.000Z");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");
/** With nanoseconds and an offset, and some more. */
const MAX_LENGTH = 40;

/** Whether both sides can write the time, which ISO 8601 allows to be in the year 0. */
export function isStorable(time: string): boolean {
  const at = Date.parse(time);
  return at >= EARLIEST_MS && at <= LATEST_MS;
}

/** A time as callers write it, RFC 3339 with any offset; handed on in UTC, to the millisecond. */
const timeParameter = z.iso
  .datetime({ offset: true })
  .max(MAX_LENGTH)
  .refine(isStorable)
  .transform((time) => new Date(time).toISOString());

/** The members of a query that narrow it to a time. */
export const timeRange = {
  since: timeParameter.optional().describe("RFC 3339: not before this time."),
  until: timeParameter.optional().describe("RFC 3339: before this time."),
} as const;
