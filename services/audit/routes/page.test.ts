// Real: the cutting of pages and the reading of cursors. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { cursorSchema, cutPage, limitSchema } from "./page.ts";

const keySchema = cursorSchema(z.tuple([z.int(), z.string()]));
const keyOf = (n: number): [number, string] => [n, "key"];

describe("a page", () => {
  it("has a next one exactly when there is a row more than it shows", () => {
    expect(cutPage([3, 2, 1], 3, keyOf)).toEqual({ rows: [3, 2, 1], nextCursor: null });
    expect(cutPage([3, 2], 3, keyOf)).toEqual({ rows: [3, 2], nextCursor: null });
    expect(cutPage([], 3, keyOf)).toEqual({ rows: [], nextCursor: null });
    expect(cutPage([4, 3, 2, 1], 3, keyOf)).toEqual({ rows: [4, 3, 2], nextCursor: expect.any(String) });
  });

  it("hands out a cursor that holds the key of the last row shown, fit for a URL", () => {
    const { nextCursor } = cutPage([4, 3, 2, 1], 3, (n) => [n, "ÿ?&=/"]);
    expect(nextCursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(keySchema.parse(nextCursor)).toEqual([2, "ÿ?&=/"]);
  });
});

describe("a cursor", () => {
  it.each(["", "AAAA", "bnVsbA", "W10", "WzEsMl0", "%%%", "x".repeat(257)])("is refused when it is %s", (text) => {
    expect(keySchema.safeParse(text).success).toBe(false);
  });
});

describe("a limit", () => {
  it("is 50 unless stated, and a whole number from 1 to 200", () => {
    expect(limitSchema.parse(undefined)).toBe(50);
    expect(limitSchema.parse("1")).toBe(1);
    expect(limitSchema.parse("200")).toBe(200);
    for (const text of ["0", "201", "1e2", " 5", "٥", "0x5", "-5", "1000", ""]) {
      expect(limitSchema.safeParse(text).success, text).toBe(false);
    }
  });
});
