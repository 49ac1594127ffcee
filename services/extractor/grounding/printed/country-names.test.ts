import { describe, expect, it } from "vitest";
import { countriesNamed } from "./country-names.ts";

// Real: everything. Pure function.

describe("countriesNamed", () => {
  it.each([
    ["DE", ["Germany", "DEUTSCHLAND", "Allemagne", "Niemcy", "Tyskland", "德国", "DE", "Bundesrepublik Deutschland"]],
    ["NL", ["Pays-Bas", "The Netherlands", "Holland", "Niederlande"]],
    ["GB", ["UK", "England", "Great Britain", "Verenigd Koninkrijk"]],
    ["US", ["U.S.A.", "USA", "États-Unis", "United States of America"]],
    ["CN", ["P.R. China", "中国", "China"]],
    ["SG", ["Singapore", "Republic of Singapore"]],
  ] as const)("is %s", (code, names) => {
    expect(names.map((name) => [...(countriesNamed(name) ?? [])])).toEqual(names.map(() => [code]));
  });

  it("is both for a name that is a state's, too", () => {
    expect([...(countriesNamed("Georgia") ?? [])].sort()).toEqual(["GE", "US"]);
  });

  it.each(["", "Bremen", "in", "de", "EU", "ZZ", "Germany 1", "DD", "x".repeat(100)])("is none for %s", (text) => {
    expect(countriesNamed(text)).toBeUndefined();
  });
});
