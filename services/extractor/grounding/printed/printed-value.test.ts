import { describe, expect, it } from "vitest";
import { PrintedValue } from "./printed-value.ts";

/* Real: everything. */

describe("a value is found in print", () => {
  it.each([
    ["as it is", "RE-2026-17", "Invoice RE-2026-17 of May", [8, 18]],
    ["in another case", "Ostsee Reederei", "OSTSEE REEDEREI GMBH", [0, 15]],
    ["in the other form of a letter", "Προς", "ΠΡΟΣ", [0, 4]],
    ["with other white space and hyphens", "DE 12-34", "VAT: DE1 2 3-4.", [5, 14]],
    ["with none", "A-1 / 7", "no. A1/7", [4, 8]],
    ["of signs of two units", "𝟏𝟐", "no 𝟏𝟐!", [3, 7]],
    ["behind a place where it is part of a word", "art", "cart, art", [6, 9]],
    ["with letters that are two in the other case", "Straße", "STRAßE 1", [0, 6]],
    ["with a letter that is two in this case", "İZMİR", "to İzmir İZMİR", [9, 14]],
    ["with a mark below that its capital has beside it", "ᾳ1", "ᾼ1", [0, 2]],
    ["behind a hundred places where it is the beginning of a word", "aa", `${"aaa ".repeat(100)}a-a`, [400, 403]],
  ])("%s", (_how, value, text, [start, end]) => {
    expect(new PrintedValue(value).spanIn(text)).toEqual({ start, end });
    expect(new PrintedValue(value).indexIn(text)).toBe(start);
    expect(new PrintedValue(value).isIn(text)).toBe(true);
  });
});

describe("a value is not found", () => {
  it.each([
    ["where it is the end of a word", "art", "cart"],
    ["where it is the beginning of one", "art", "arts"],
    ["beside a letter of two units", "12", "𝐀12"],
    ["where something else stands between", "1234", "12.34"],
    ["where only its beginning is", "1234", "12"],
    ["in other letters that look like its own", "ship", "shıp"],
    ["that has no characters", " - ", "anything"],
  ])("%s", (_where, value, text) => {
    expect(new PrintedValue(value).spanIn(text)).toBeUndefined();
    expect(new PrintedValue(value).indexIn(text)).toBe(-1);
    expect(new PrintedValue(value).isIn(text)).toBe(false);
  });
});
