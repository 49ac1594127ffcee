import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { isIncotermInWords } from "./incoterm-words.ts";

// Real: everything.

describe("isIncotermInWords", () => {
  it.each(["Ex works", "Lieferung ab Werk", "frei Haus", "Départ usine", "Porto franco", "En fábrica", "Af fabriek"])(
    "knows %s",
    (row) => {
      expect(isIncotermInWords(printedPages([row]).pages)).toBe(true);
    },
  );

  it("knows nothing of other words", () => {
    expect(isIncotermInWords(printedPages(["Workshop, free of charge", "CIF: B12345678"]).pages)).toBe(false);
  });
});
