import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

// Pure.

const NOW = new Date("2026-11-23T10:00:00.000Z");

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["999999999", 999_999_999_000],
    ["Mon, 23 Nov 2026 10:00:30 GMT", 30_000],
    ["9".repeat(400), Number.POSITIVE_INFINITY],
    ["Mon, 23 Nov 2026 09:00:00 GMT", 0],
    ["Monday, 23-Nov-26 10:00:30 GMT", 30_000],
    ["Mon Nov 23 10:00:30 2026", 30_000],
    ["Sun Nov  1 10:00:30 2026", 0],
  ])("reads %j as %i ms", (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it.each([
    undefined,
    "",
    "-1",
    "+5",
    "1.5",
    "1e3",
    "0x10",
    "soon",
    "Mon, 23-Nov-26 10:00:30 GMT",
    "Mon Nov 23 10:00:30 2026 +0100",
    "Mon, 23 Nov 2026 10:00:30 +0100",
    "Mon, 99 Nov 2026 10:00:30 GMT",
    "2026-11-23T10:00:30Z",
    "5, 10",
    ["5", "10"],
    5,
  ])("takes %j as absent", (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });
});
