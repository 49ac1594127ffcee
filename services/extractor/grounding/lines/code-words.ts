import { type WordFamilies, wordFinder } from "../labels/word-families.ts";
import { mentionedRole } from "../parties/role-words.ts";
import { foldedText } from "../printed/folded-text.ts";

/**
 * What the words over a code of a line, or before it, say that it is. `item` is an item's number, and nothing says whose;
 * `article` an item, by its number or by anything else; `other` is a description, or the number of somebody else, its maker's.
 */
export type CodeMeaning = "seller" | "buyer" | "item" | "article" | "gtin" | "hs" | "batch" | "origin" | "other";

/** As regular expressions over folded text: English, German, French, Italian, Spanish, Dutch, Polish. Each begins a word. */
const WORDS: WordFamilies<Exclude<CodeMeaning, "seller" | "buyer">> = [
  // What a line is, in words.
  ["other", ["(?:(?:item|article|product|part|material) )?(?:desc|bezeichn|beschr|omschr|designat|opis|name)"]],
  ["other", ["(?:artikel|produkt|material|waren)-?(?:bez|beschr|text|name|gruppe)"]],
  ["other", ["manufacturer", "mfr", "mfg", "mpn", "oem", "hersteller", "fabricant", "produttore", "fabrikant"]],
  ["gtin", ["gtin", "ean", "upc", "jan(?= ?code)", "bar ?-?codes?(?!\\p{L})", "strichcode", "code(?:s)?-? ?barres?"]],
  ["gtin", ["codice a barre", "codigo de barras", "streepjescode", "kod kreskowy"]],
  ["hs", ["h\\.?s\\.?(?!\\p{L})", "(?:customs )?tariff", "customs (?:code|no|number)", "commodity", "zolltarif"]],
  ["hs", ["(?:statistische )?waren-?(?:tarif)?-?(?:nr|nummer|code)", "statist", "taric", "cn(?= ?code)", "intrastat"]],
  ["hs", ["(?:code |tarif )?douan", "nomenclature", "(?:codice|voce|tariffa) doganal", "nomenclatura", "arancel"]],
  ["hs", ["(?:codigo|partida) arancel", "goederencode", "taryf", "kod (?:cn|celny|taryfy)"]],
  [
    "batch",
    [
      "batch",
      "lots?(?!\\p{L})",
      "chargen?(?!\\p{L}| (?:code|type|desc))",
      "chargen?-?(?:nr|nummer|no)",
      "(?:n[°ºo.]|numero) de lot",
    ],
  ],
  ["batch", ["lott[oi](?!\\p{L})", "lotes?(?!\\p{L})", "partij", "partia", "partii", "heat (?:no|number)"]],
  [
    "origin",
    ["(?:country of )?origin(?!al)", "made in", "coo", "ursprung", "herkunft", "(?:pays d')?origine(?!\\p{L})"],
  ],
  ["origin", ["paese di origine", "(?:pais de )?origen", "(?:land van )?(?:oorsprong|herkomst)", "kraj pochodzenia"]],
  [
    "item",
    [
      String.raw`(?:kunden|lieferanten|kd\.?)?-?(?:artikel|art|mat(?:erial)?|sach|ident|teile?|produkt)-?\.?-?(?:nr|no|nummer|code|#)`,
      ...["p/?n(?!\\p{L})", "sku", "references?", "referenz", "referenci", "riferiment", "ref(?!\\p{L})", "stock"],
      ...["codes?(?!\\p{L})", "codic[ei]", "codigo", "cod(?!\\p{L})", "kod(?!\\p{L})", "indeks"],
      String.raw`(?:item|article|art|part|product|produit|articol[oi]|articul[oi]|prodott[oi])s?\.? ?(?:no|nr|n[°ºo]|num|id|code|#)`,
    ],
  ],
  [
    "article",
    [
      ...[
        "items?(?!\\p{L})",
        "articles?",
        "artikel",
        "art(?!\\p{L})",
        "material",
        "parts?(?!\\p{L})",
        "products?(?!\\p{L})",
      ],
      ...["produits?", "prodott[oi]", "productos?", "produkt", "articul", "articol", "towar"],
    ],
  ],
];
const wordsIn = wordFinder(WORDS);
/** What may stand between the words for a code and the code. */
const FILLER =
  /^[\p{L}]*(?:[\s.:#°()/-]|(?<!\p{L})(?:no|nr|n|nos|num|number|nummer|numer|numero|code|cod|id|of|de|del|der|des|goods|kunde|client|cliente|klant|customer|buyer|supplier)(?!\p{L}))*$/u;
/** Names with a number in them that is no value. */
const NUMBERED = /(?<!\p{L})(ean|gtin|upc|hs)[\s-]?(?:6|8|12|13|14)(?!\d)/gu;
/** A longer text is no heading and no label, in UTF-16 units. */
const MAX_LENGTH = 48;

/** Whose paper a document is on: whose `our` is. */
export type Issuer = "vendor" | "buyer" | undefined;

/** What a heading says of the codes below it: of each part of `Art.-Nr. / Ihre Art.-Nr.`. Empty for what is no heading. */
export function headedMeanings(heading: string, issuer: Issuer): readonly CodeMeaning[] {
  const folded = withoutNumbers(heading);
  if (folded.length > MAX_LENGTH || /\d|:\s*$/.test(folded)) return [];
  return partsOf(folded).flatMap((part) => meaningOf(part, issuer) ?? []);
}

/** What the words directly before a code say that it is. */
export function labelledMeaning(label: string, issuer: Issuer): CodeMeaning | undefined {
  const folded = withoutNumbers(label.slice(-MAX_LENGTH));
  const last = wordsIn(folded).at(-1);
  return last !== undefined && FILLER.test(folded.slice(last.index + last.length))
    ? meaningOf(folded, issuer)
    : undefined;
}

function withoutNumbers(text: string): string {
  return foldedText(text).replace(NUMBERED, "$1");
}

function partsOf(folded: string): readonly string[] {
  return folded.split(/(?<!\bp) ?\/ ?(?!n\b)/);
}

/** By the last of its words that are no item's: `HS code`, `Item batch no.`. */
function meaningOf(words: string, issuer: Issuer): CodeMeaning | undefined {
  const families = wordsIn(words).map(({ family }) => family);
  const special = families.findLast((family) => family !== "item" && family !== "article");
  if (special !== undefined) return special;
  if (families.length === 0) return undefined;
  switch (mentionedRole(words, issuer)) {
    case "vendor":
    case "shipper":
      return "seller";
    case "buyer":
      return "buyer";
    case undefined:
      return families.includes("item") ? "item" : "article";
    default:
      return "other";
  }
}
