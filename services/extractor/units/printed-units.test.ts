import { describe, expect, it } from "vitest";
import { unitBefore, unitBehind, unitsOfHeading } from "./printed-units.ts";

// Real: everything. Pure functions.

describe("a unit", () => {
  it.each([
    [" Stk", "H87"],
    [" kg netto", "KGM"],
    ["kg,", "KGM"],
    [" lfd. m", "MTR"],
    [" m² verlegt", "MTK"],
    [" Tag(e)", "DAY"],
    [" (pcs)", "H87"],
    [" x 12", undefined],
    [" %", "P1"],
    ["", undefined],
    [" of 40 kg", undefined],
  ])("stands behind a number: %j", (text, code) => {
    expect(unitBehind(text)).toBe(code);
  });

  it.each([
    ["Stk ", "H87"],
    ["Menge: kg ", "KGM"],
    ["40 ", undefined],
    ["Paket Nr. ", undefined],
  ])("stands before a number: %j", (text, code) => {
    expect(unitBefore(text)).toBe(code);
  });

  it.each([
    ["Pcs", ["H87"]],
    ["Stunden", ["HUR"]],
    ["Qty (kg)", ["KGM"]],
    ["Menge/Stk", ["H87"]],
    ["Menge in m", ["MTR"]],
    ["Net weight, kg", ["KGM"]],
    ["Quantity", []],
    ["Qty / Unit", []],
    ["Einheit", []],
    ["Unit price of the whole set", []],
    ["Qty to ship", []],
  ])("is named by the heading of a column: %s", (text, codes) => {
    expect([...new Set(unitsOfHeading(text))]).toEqual(codes);
  });
});
