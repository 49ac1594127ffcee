import { describe, expect, it } from "vitest";
import { PrintedText } from "./printed-text.ts";

// Real: everything.

const text = new PrintedText([
  "Invoice No. 471102 from Nordkai Freight For-\nwarding",
  "Kunstrasen grün 3m breit Oﬃce-Straße 12 IBAN DE02 1203 0000 0000 2020 51 Müller & Söhne GmbH",
]);

describe("PrintedText", () => {
  it.each([
    ["as it is", "Nordkai Freight"],
    ["in another case", "NORDKAI freight"],
    ["with other white space", "Nordkai  Freight"],
    ["without white space", "DE02120300000000202051"],
    ["without a hyphen", "Office Straße 12"],
    ["with a ligature", "Oﬃce"],
    ["with capitals of a letter that has none", "OFFICE STRASSE 12"],
    ["with signs", "Müller & Söhne"],
    ["that ends in a sign", "No."],
    ["over a line feed of its own", "Kunstrasen grün\n3m breit"],
  ])("finds a text %s", (_how, value) => {
    expect(text.has(value)).toBe(true);
  });

  it.each([
    ["a part of a word", "4711"],
    ["the end of a word", "71102"],
    ["words in another order", "Freight Nordkai"],
    ["a text over two passages", "warding Kunstrasen"],
    ["nothing", ""],
    ["white space", " \n"],
    ["something else", "Hansekontor"],
  ])("does not find %s", (_what, value) => {
    expect(text.has(value)).toBe(false);
  });

  it("finds a long text among many that begin alike", () => {
    const beginning = Array.from({ length: 80 }, (_, index) => `part${index}`).join(" ");
    const many = new PrintedText(Array.from({ length: 50 }, (_, index) => `${beginning} ${index}`));
    expect(many.has(`${beginning} 49`)).toBe(true);
    expect(many.has(`${beginning} 50`)).toBe(false);
  });

  it("finds what stands behind characters that take two units", () => {
    expect(new PrintedText(["📦📦📦 Pump housing 📦 12"]).has("Pump housing")).toBe(true);
  });

  it("finds a number that is the beginning of many others", () => {
    const items = new PrintedText(Array.from({ length: 2_000 }, (_, index) => `IT-${index} pump`));
    expect(items.has("IT-7")).toBe(true);
    expect(items.has("IT-2000")).toBe(false);
  });

  it("finds a thousand texts in a large document at once", () => {
    const words = Array.from({ length: 60_000 }, (_, index) => `word${index % 700} ${index}`);
    const large = new PrintedText(words);
    const startedAt = performance.now();
    const found = Array.from({ length: 1_000 }, (_, index) => large.has(`word${index % 700} ${index}`));
    expect(found.every(Boolean)).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
