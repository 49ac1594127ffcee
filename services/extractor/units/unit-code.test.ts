import { describe, expect, it } from "vitest";
import { isSameUnit, statedUnitCode, unitCodeOf } from "./unit-code.ts";
import { UNIT_WORDS } from "./unit-words.ts";

// Real: everything. Pure functions over a table.

describe("unitCodeOf", () => {
  it.each([
    ["Stk", "H87"],
    ["Stk.", "H87"],
    ["STÜCK", "H87"],
    ["ST", "H87"],
    ["pièce(s)", "H87"],
    ["szt.", "H87"],
    ["ea", "EA"],
    ["uds.", "C62"],
    ["kg", "KGM"],
    ["KG", "KGM"],
    ["kgs", "KGM"],
    ["to", "TNE"],
    ["lfd. m", "MTR"],
    ["m", "MTR"],
    ["m²", "MTK"],
    ["m2", "MTK"],
    ["m³", "MTQ"],
    ["cbm", "MTQ"],
    ["Ltr.", "LTR"],
    ["Std.", "HUR"],
    ["hours", "HUR"],
    ["Tag(e)", "DAY"],
    ["Monate", "MON"],
    ["Satz", "SET"],
    ["Paar", "PR"],
    ["Palette(n)", "XPX"],
    ["pallets", "XPX"],
    ["Ctns", "XCT"],
    ["colis", "XPK"],
    ["pauschal", "LS"],
    ["1000 Stk", "MIL"],
  ])("knows what %s is", (printed, code) => {
    expect(unitCodeOf(printed)).toBe(code);
  });

  it.each([
    ["C62", "C62"],
    ["KGM", "KGM"],
    ["NAR", "NAR"],
    ["XPX", "XPX"],
    ["PX", "XPX"],
    ["CT", "XCT"],
    ["PF", "XPF"],
    ["PR", "PR"],
  ])("takes the printed code %s for itself, those of packages with their X", (printed, code) => {
    expect(unitCodeOf(printed)).toBe(code);
  });

  it.each(["M", "ml", "kpl", "dozen", "mt", "ton", "gal", "u", "Gebinde", "", "40", "kilogramish"])(
    "does not say what %j is",
    (printed) => {
      expect(unitCodeOf(printed)).toBeUndefined();
    },
  );

  it("has no word for two units", () => {
    const codesOf = Map.groupBy(
      UNIT_WORDS.flatMap(([code, words]) => words.map((word) => ({ code, word: word.toLowerCase() }))),
      ({ word }) => word,
    );
    for (const [word, entries] of codesOf) {
      expect([word, new Set(entries.map(({ code }) => code)).size]).toEqual([word, 1]);
      expect([word, unitCodeOf(word)]).toEqual([word, entries[0]?.code]);
    }
  });
});

describe("statedUnitCode", () => {
  it("takes what looks like a code as it is, and knows words that stand in its place", () => {
    expect(["H87", "4G", "KMH", "PCE"].map(statedUnitCode)).toEqual(["H87", "4G", "KMH", "PCE"]);
    expect(["Stück", "kg", "???"].map(statedUnitCode)).toEqual(["H87", "KGM", undefined]);
  });
});

describe("isSameUnit", () => {
  it("does not tell one from a piece, nor a package from the same with an X", () => {
    expect(isSameUnit("C62", "H87")).toBe(true);
    expect(isSameUnit("EA", "PCE")).toBe(true);
    expect(isSameUnit("CT", "XCT")).toBe(true);
    expect(isSameUnit("XPF", "PX")).toBe(true);
    expect(isSameUnit("KGM", "GRM")).toBe(false);
    expect(isSameUnit("C62", "SET")).toBe(false);
  });
});
