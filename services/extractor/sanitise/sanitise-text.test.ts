import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { looksLikeFormula, sanitiseText } from "./sanitise-text.ts";

// Real: everything. Characters that cannot be seen are written as escapes.

describe("sanitiseText", () => {
  it.each([
    ["control characters", "In\u0000voice\u0007\u001b[31m", "Invoice[31m"],
    ["delete and the C1 controls", "a\u007fb\u009fc", "abc"],
    ["overrides of the direction of writing", "\u202e99.001\u202c EUR", "99.001 EUR"],
    ["isolates", "\u2066Rhein\u2069 \u2067GmbH\u2069", "Rhein GmbH"],
    ["marks of direction", "A\u200eB\u200fC\u061cD", "ABCD"],
    ["zero-width characters", "Nor\u200bd\u200ck\u200da\u2060i\ufeff", "Nordkai"],
    ["soft hyphens", "Fracht\u00adkosten", "Frachtkosten"],
    ["tag characters", "10\u{e0031}\u{e0030}\u{e0030}\u{e007f}", "10"],
    ["variation selectors, plain and supplementary", "a\ufe0fb\u{e0100}c", "abc"],
    ["fillers that look like nothing", "\u3164a\u115fb\uffa0", "ab"],
    ["annotations", "a\ufff9b\ufffac\ufffb", "abc"],
    ["halves of surrogate pairs", "a\ud83db\udca3c", "abc"],
    ["spaces around", "  \u00a0 Nordkai \t", "Nordkai"],
    ["tabs and line breaks, which become spaces", "a\tb\r\nc\nd\re\u2028f\u0085g", "a b c d e f g"],
  ])("removes %s", (_what, text, clean) => {
    expect(sanitiseText(text, false)).toBe(clean);
  });

  it.each([
    "Łódź Straße 3",
    "株式会社 東京",
    "شركة الشحن",
    "חברת ספנות",
    "40' HC / 2 × 20’ – 5 % <b>&amp;",
    "a  b",
    "🚢 m³",
  ])("leaves %j as it is", (text) => {
    expect(sanitiseText(text, false)).toBe(text);
  });

  it("keeps line feeds where a field may have lines", () => {
    expect(sanitiseText(" Pallet \r\n\tused\u2028\u202eDIN 15146\n ", true)).toBe("Pallet\nused\nDIN 15146");
  });

  it.each(["", " ", "\u200b", "\n\t\r", "\u202e\u2066 \ufeff"])("is null for %j, which shows nothing", (text) => {
    expect(sanitiseText(text, false)).toBeNull();
    expect(sanitiseText(text, true)).toBeNull();
  });

  it("leaves nothing invisible of any text, makes none longer, and has nothing left to do the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, lineFeeds) => {
        const clean = sanitiseText(text, lineFeeds);
        if (clean === null) return;
        expect(clean).not.toMatch(lineFeeds ? /[^\P{Cc}\n]|\p{Bidi_Control}/u : /\p{Cc}|\p{Bidi_Control}/u);
        expect(clean.length).toBeLessThanOrEqual(text.length);
        expect(sanitiseText(clean, lineFeeds)).toBe(clean);
      }),
    );
  });
});

describe("looksLikeFormula", () => {
  it.each([
    "=1+1",
    "=HYPERLINK(1)",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(1)",
    "＝1",
    "＋49 x",
    "－A1",
    "＠x",
    "+",
    "-",
  ])("is true for %s", (text) => {
    expect(looksLikeFormula(text)).toBe(true);
  });

  it.each(["-12.50", "-1", "+49 40 123456", "-1.234,56", "A=1", "1-2", "", "Nordkai", "–5 %"])(
    "is false for %s",
    (text) => {
      expect(looksLikeFormula(text)).toBe(false);
    },
  );
});
