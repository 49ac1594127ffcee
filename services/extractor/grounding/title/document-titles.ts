import { INVOICE_CODES } from "../../e-invoice/codes/invoice-codes.ts";
import { invoiceTypeOf } from "../../e-invoice/document-type.ts";
import { foldedText } from "../printed/folded-text.ts";
import { TITLE_WORDS, type TitledType } from "./title-words.ts";

/** As parts of longer words: `Rechnungsnummer`, `Lieferschein-Nr.`, `factuurnummer`. */
const COMPOUND = String.raw`(?:s?-?(?:nummer|nr|no)(?![\p{L}]))?`;
const TITLE = new RegExp(
  TITLE_WORDS.map(([, words]) => String.raw`(?<![\p{L}])(${words.join("|")})${COMPOUND}(?![\p{L}])`).join("|"),
  "gu",
);
/** Titles are short, and a hostile cell is long. In UTF-16 units. */
const MAX_LENGTH = 160;

/** Printed in brackets behind a title they say exactly what it means. */
const CODES = new Set(INVOICE_CODES.map(([code]) => code));
const CODE = /\((\d{2,3})\)/;

/** Words that may stand beside a title without making it part of a sentence. */
const BESIDE =
  /^(?:nr|no|num|number|nummer|numero|numer|n|original|oryginal|originale|copy|kopie|copie|copia|kopia|duplicat[ae]?|duplikat|page|seite|pagina|strona|of|von|und|and|et|ed?|y|i|en|vat|tax|[ivx]{1,3})$/;
/** What follows these is a date or the name of something else. */
const DATED = /(?<![\p{L}])(?:vom|dated|du|del|dd|from|z dnia)(?![\p{L}]).*$/u;

/** What the words of a text call a document: nothing, a type, or several where it names several or a word has several. */
export function titlesIn(text: string): readonly TitledType[] {
  if (text.length > MAX_LENGTH) return [];
  const folded = foldedText(text);
  const named = [...folded.matchAll(TITLE)].flatMap((match) => TITLE_WORDS[match.slice(1).findIndex(isSet)]?.[0] ?? []);
  const code = CODE.exec(folded)?.[1];
  const isBilled = named.includes("invoice") || named.includes("credit_note");
  return isBilled && code !== undefined && CODES.has(code) ? [invoiceTypeOf(code)] : named;
}

/** Whether a text is a title and nothing else but its number, date or page: no label of a value, no sentence. */
export function isHeading(text: string): boolean {
  if (text.length > MAX_LENGTH || /:\s*$/.test(text)) return false;
  const folded = foldedText(text);
  if (folded.search(TITLE) < 0) return false;
  return folded
    .replace(TITLE, " ")
    .replace(DATED, "")
    .split(/[\s,;()]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))
    .every((word) => word === "" || /\d/.test(word) || BESIDE.test(word));
}

function isSet(group: string | undefined): boolean {
  return group !== undefined;
}
