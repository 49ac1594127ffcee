// Pure: the list of paths and the table of codes. Nothing is doubled.
import { describe, expect, it } from "vitest";
import { CODES } from "../../../libs/contracts/index.ts";
import { ALL_PATHS } from "./all-paths.ts";

const paths = ALL_PATHS.flatMap(({ rows }) => rows).flat();

describe("the exit paths", () => {
  it("are as many as were promised, and no two have one name", () => {
    expect(paths.length).toBeGreaterThanOrEqual(40);
    expect(new Set(paths.map(({ name }) => name)).size).toBe(paths.length);
  });

  it.each(Object.keys(CODES))("have one that ends with %s", (code) => {
    expect(paths.some(({ expects }) => expects.says === code)).toBe(true);
  });
});
