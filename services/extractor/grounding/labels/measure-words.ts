import { type WordFamilies, wordFinder } from "./word-families.ts";

/** What a number of the whole may be: a weight with or without packaging, or of the packaging, packages, or what is in them. */
export type MeasureMeaning = "net_weight" | "gross_weight" | "tare" | "packages" | "pieces" | "volume";

/**
 * How weights and packages are introduced, as regular expressions over folded text: English, German, French, Italian,
 * Spanish, Dutch, Polish. Each begins a word.
 */
const WORDS: WordFamilies<MeasureMeaning> = [
  ["net_weight", ["net", "nett", "netto", "nettogewicht", "neto", "nette", "n\\.? ?w\\.?(?!\\p{L})", "nw"]],
  [
    "gross_weight",
    [
      ...["gross", "brutto", "bruttogewicht", "brut(?:e|s)?(?!\\p{L})", "brutogewicht", "bruto", "lord[oa]"],
      ...["g\\.? ?w\\.?(?!\\p{L})", "gw", "rohgewicht"],
    ],
  ],
  ["tare", ["tar[ae](?!\\p{L})", "tarra", "leergewicht"]],
  [
    "packages",
    [
      ...["packages?", "pkgs?", "cartons?", "ctns?", "crates?", "boxes", "pallets?", "colli", "kolli", "packstuck"],
      ...["pakete", "kartons?", "paletten", "verpackungseinheit", "colis(?!\\p{L})", "palettes?", "bultos", "cajas"],
      // Of an air waybill.
      "(?:no\\.?|number) of pieces",
      ...["imballi", "bancali", "dozen", "pakken", "opakowan", "karton(?:y|ow)"],
    ],
  ],
  [
    "pieces",
    [
      ...[
        "pieces",
        "pcs",
        "items",
        "units",
        "quantity",
        "qty",
        "lines",
        "ordered",
        "shipped",
        "delivered",
        "stuck",
        "menge",
        "positionen",
      ],
      ...[
        "quantite",
        "qte",
        "articles",
        "pezzi",
        "quantita",
        "righe",
        "piezas",
        "cantidad",
        "unidades",
        "lineas",
        "stuks",
      ],
      ...["aantal(?! (?:colli|dozen|pakken))", "regels", "sztuk", "ilosc"],
    ],
  ],
  ["volume", ["volume", "cbm", "m3", "measurement", "volumen", "kubatur", "objetosc"]],
];
export const measureWords = wordFinder(WORDS);
