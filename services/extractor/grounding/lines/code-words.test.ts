import { describe, expect, it } from "vitest";
import { headedMeanings, labelledMeaning } from "./code-words.ts";

// Real: everything. Pure functions.

describe("headedMeanings", () => {
  it.each([
    [
      "buyer",
      ["Ihre Art.-Nr.", "Kundenartikelnummer", "Customer part no.", "Buyer's item", "Réf. client", "Cod. cliente"],
    ],
    ["seller", ["Unsere Art.-Nr.", "Our article", "Supplier part no.", "Lieferanten-Art.-Nr.", "Ons artikelnr."]],
    ["item", ["Artikel-Nr.", "Part no.", "P/N", "Référence", "Codice", "Indeks", "Item no."]],
    ["article", ["Artikel", "Item", "Material", "Produkt"]],
    ["gtin", ["EAN", "EAN-13", "GTIN", "Strichcode", "Barcode"]],
    ["hs", ["HS code", "Zolltarifnr.", "Warennummer", "Commodity code", "Code douanier", "Kod CN"]],
    ["batch", ["Charge", "Lot no.", "Batch", "N° de lot", "Lotto", "Partia"]],
    ["origin", ["Ursprungsland", "Country of origin", "Pays d'origine", "Land van herkomst"]],
    ["other", ["Bezeichnung", "Item description", "Manufacturer part no.", "Artikelbezeichnung"]],
  ] as const)("is %s for what vendors call it", (meaning, headings) => {
    expect(headings.map((heading) => headedMeanings(heading, "vendor"))).toEqual(headings.map(() => [meaning]));
  });

  it("turns round what is ours and yours on a buyer's paper, and knows neither on anybody's", () => {
    expect(headedMeanings("Your item no.", "buyer")).toEqual(["seller"]);
    expect(headedMeanings("Our item no.", "buyer")).toEqual(["buyer"]);
    expect(headedMeanings("Your item no.", undefined)).toEqual(["item"]);
    expect(headedMeanings("Supplier part no.", "buyer")).toEqual(["seller"]);
  });

  it("says both of a heading for two", () => {
    expect(headedMeanings("Art.-Nr. / Ihre Art.-Nr.", "vendor")).toEqual(["item", "buyer"]);
  });

  it.each(["Menge", "Your order no.", "Ihre Art.-Nr.:", "Artikel 4711", "", "x".repeat(100)])(
    "is nothing for %s",
    (text) => {
      expect(headedMeanings(text, "vendor")).toEqual([]);
    },
  );
});

describe("labelledMeaning", () => {
  it.each([
    ["Ihre Art.-Nr.: ", "buyer"],
    ["Valve DN, Ihre Art.-Nr. ", "buyer"],
    ["Charge ", "batch"],
    ["Zolltarifnummer: ", "hs"],
    ["EAN-13: ", "gtin"],
  ])("is said directly before the code: %s", (label, meaning) => {
    expect(labelledMeaning(label, "vendor")).toBe(meaning);
  });

  it.each(["Barcode scanner ", "Article valve DN "])("is not said by words of a description: %s", (label) => {
    expect(labelledMeaning(label, "vendor")).toBeUndefined();
  });
});
