import { processorMsOf } from "@flowstate/local/testing/processor-time.ts";
import { describe, expect, it } from "vitest";
import { isPrintedInPieces, PrintedText } from "./printed-text.ts";

// Real: everything.

/** Costs are compared by the least of so many: what else the machine does only adds to one. */
const MEASUREMENTS = 3;

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

  it("finds a thousand texts in a large document with less than it takes to sort its places once", async () => {
    const words = Array.from({ length: 60_000 }, (_, index) => `word${index % 700} ${index}`);
    const [sorting, finding]: [number[], number[]] = [[], []];
    for (let time = 0; time < MEASUREMENTS; time++) {
      let large = new PrintedText([]);
      sorting.push(
        await processorMsOf(() => {
          large = new PrintedText(words);
        }),
      );
      finding.push(
        await processorMsOf(() => {
          const found = Array.from({ length: 1_000 }, (_, index) => large.has(`word${index % 700} ${index}`));
          expect(found.every(Boolean)).toBe(true);
        }),
      );
    }
    // A twentieth of it is usual; looking at every place for each text takes several times as much.
    expect(Math.min(...finding)).toBeLessThan(Math.min(...sorting));
  });
});

describe("isPrintedInPieces", () => {
  const filler = Array.from({ length: 40 }, (_, index) => `Something else ${index} of the page`).join(" ");
  const broken = "1 Mineral water, still 5,49 20 109,80 12 x 1,0l bottles 7 19 of glass";

  it("finds a text whose pieces stand in one place, in whatever order", () => {
    const pieces = new PrintedText([`${filler} ${broken} ${filler}`]);
    expect(isPrintedInPieces("Mineral water, still 12 x 1,0l bottles of glass", pieces)).toBe(true);
    expect(isPrintedInPieces("bottles of glass 12 x 1,0l Mineral water, still", pieces)).toBe(true);
  });

  it("does not make a text of words from all over the document", () => {
    const scattered = new PrintedText([`Mineral oil ${filler} water pump ${filler} glass cleaner ${filler} bottles`]);
    expect(isPrintedInPieces("Mineral water glass bottles", scattered)).toBe(false);
    expect(isPrintedInPieces("Mineral oil water pump glass cleaner", scattered)).toBe(false);
  });

  it("does not count words that are everywhere", () => {
    const common = new PrintedText([
      `${"the of ".repeat(300)} Copper pipe elbow ${filler} Brass ${"the of ".repeat(300)}`,
    ]);
    expect(isPrintedInPieces("elbow of the Copper pipe", common)).toBe(true);
    expect(isPrintedInPieces("elbow of the Brass pipe", common)).toBe(false);
  });

  it("asks three words or fewer to be in one piece", () => {
    expect(isPrintedInPieces("water Mineral still", new PrintedText([broken]))).toBe(false);
  });
});
