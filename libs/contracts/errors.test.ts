import { describe, expect, it } from "vitest";
import { ERROR_CATEGORIES, type ErrorCategory, errorBody } from "./errors.ts";

/* Real: the table of error answers. Nothing is doubled. */

describe("the body of a failed request", () => {
  it.each(Object.keys(ERROR_CATEGORIES) as ErrorCategory[])("is the category %s and nothing else", (category) => {
    expect(JSON.stringify(errorBody(category))).toBe(`{"error":"${category}"}`);
  });

  it("goes with a status that is an error", () => {
    for (const status of Object.values(ERROR_CATEGORIES)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });

  it("has a status of its own for each category", () => {
    const statuses = Object.values(ERROR_CATEGORIES);
    expect(new Set(statuses).size).toBe(statuses.length);
  });
});
