import type { Facts, Line } from "@flowstate/contracts";
import { lettersAndDigits } from "../printed/letters-and-digits.ts";
import type { CodeMeaning } from "./code-words.ts";
import type { ToldCode } from "./told-codes.ts";

/** A code of fewer letters and digits stands for many things. */
const MIN_LENGTH = 3;

type Code = keyof Pick<Line, "seller_item_number" | "buyer_item_number" | "gtin" | "hs_code" | "batch">;
const OWN_WORDS: Readonly<Record<Code, CodeMeaning>> = {
  seller_item_number: "seller",
  buyer_item_number: "buyer",
  gtin: "gtin",
  hs_code: "hs",
  batch: "batch",
};
const CODES = [
  "seller_item_number",
  "buyer_item_number",
  "gtin",
  "hs_code",
  "batch",
] as const satisfies readonly Code[];
/** A GTIN-8, UPC, EAN or GTIN-14; six digits at least of the customs tariff. */
const GTIN = /^(?:\d{8}|\d{12,14})$/;
const TARIFF = /^\d{6,11}$/;

/**
 * Pointers to codes of lines that the page calls something else: wherever its words say what one is, they say another. Where
 * they only say that it is an item's number, without whose, it is another if the page has codes that it calls by the words
 * for this one. None where no heading and no label tells.
 */
export function misreadCodes({ lines }: Facts, told: readonly ToldCode[]): readonly string[] {
  const places = Map.groupBy(told, ({ text }) => lettersAndDigits(text));
  const read = lines.flatMap((line) => CODES.flatMap((code) => places.get(lettersAndDigits(line[code] ?? "")) ?? []));
  const first = read.reduce((least, { row }) => Math.min(least, row), Number.POSITIVE_INFINITY);
  // Above the lines words say whose number it is that the buyer has with the seller: `Code client: 40871`.
  const ofLines = told.filter((code) => code.row >= first && code.meanings.length === 1 && isCode(code));
  const labelled = new Set(ofLines.flatMap(({ meanings }) => meanings));
  return lines.flatMap((line, index) =>
    CODES.filter((code) => {
      const value = lettersAndDigits(line[code] ?? "");
      return value.length >= MIN_LENGTH && isOther(code, value, places.get(value) ?? [], labelled);
    }).map((code) => `/lines/${index}/${code}`),
  );
}

function isOther(code: Code, value: string, places: readonly ToldCode[], labelled: ReadonlySet<CodeMeaning>): boolean {
  const own = OWN_WORDS[code];
  const meanings = places.flatMap((place) => place.meanings);
  if (meanings.length === 0 || meanings.includes(own)) return false;
  // Under no heading that is known it may be anything.
  if (places.some((place) => place.meanings.length === 0)) return false;
  return labelled.has(own) || !meanings.some((meaning) => isTolerated(code, value, meaning, labelled));
}

/**
 * Whether a code may be called this where the page calls nothing by its own words: shops sell by GTIN, and under a heading for
 * articles stands whatever is said of them.
 */
function isTolerated(code: Code, value: string, meaning: CodeMeaning, labelled: ReadonlySet<CodeMeaning>): boolean {
  const isItem = meaning === "item" || meaning === "article";
  switch (code) {
    case "seller_item_number":
      return isItem || (meaning === "gtin" && !labelled.has("item") && !labelled.has("article"));
    case "buyer_item_number":
      return isItem;
    case "gtin":
      return GTIN.test(value) && (isItem || meaning === "seller");
    case "hs_code":
      return TARIFF.test(value) && meaning === "article";
    case "batch":
      return meaning === "article";
    default:
      throw new Error(`unknown code ${code satisfies never}`);
  }
}

function isCode({ text }: ToldCode): boolean {
  return /\d/.test(text) && lettersAndDigits(text).length >= MIN_LENGTH;
}
