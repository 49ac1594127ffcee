import { foldedText } from "../printed/folded-text.ts";

/**
 * What tables of lines call the columns of quantities and of prices, in the languages of the documents that reach us. The
 * words only ever say which of two numbers that were read is which; no number is read by them.
 */
const HEADINGS = {
  quantity: [
    ["Menge", "Anzahl", "Stückzahl", "Liefermenge", "Stunden", "Std"],
    ["Quantity", "Qty", "Qty shipped", "Hours", "Hrs", "No of units"],
    ["Quantité", "Qté", "Nombre", "Heures"],
    ["Quantità", "Q.tà", "Qtà", "Ore"],
    ["Cantidad", "Cant", "Cdad", "Unidades", "Horas", "Quantidade", "Qtd"],
    ["Aantal", "Hoeveelheid", "Uren"],
    ["Ilość", "Množství", "Počet", "Množstvo", "Antal", "Mængde", "Mängd", "Antall", "Määrä", "Mennyiség", "Cantitate"],
    ["Količina", "Ποσότητα", "Количество", "Кол-во", "数量", "수량"],
  ],
  price: [
    ["Preis", "Einzelpreis", "Stückpreis", "Nettopreis", "Einheitspreis", "E-Preis", "EP", "VK-Preis", "Stundensatz"],
    ["Price", "Unit price", "Net price", "Unit cost", "Price per unit", "Price each", "Rate", "Hourly rate"],
    ["Prix", "Prix unitaire", "Prix unit", "Prix unitaire HT", "Prix HT", "P.U", "PU", "P.U. HT", "PU HT"],
    ["Prezzo", "Prezzo unitario", "Prezzo unit"],
    ["Precio", "Precio unitario", "Precio unit", "Preço", "Preço unitário"],
    ["Prijs", "Stukprijs", "Eenheidsprijs", "Prijs per stuk", "Prijs per eenheid"],
    ["Cena", "Cena netto", "Cena jednostkowa", "Cena jedn", "Cena za jednotku", "Jednotková cena"],
    ["Pris", "À-pris", "Styckpris", "Enhetspris", "Enhedspris", "Stykpris", "Hinta", "Yksikköhinta", "À-hinta"],
    ["Egységár", "Preț", "Preț unitar", "Cijena", "Jedinična cijena", "Τιμή", "Τιμή μονάδας", "Цена", "単価", "단가"],
  ],
} as const;

export type ColumnRole = keyof typeof HEADINGS;

const ROLES: ReadonlyMap<string, ColumnRole> = new Map(
  (["quantity", "price"] as const).flatMap((role) =>
    HEADINGS[role].flatMap((words) => words.map((word) => [bare(word), role] as const)),
  ),
);
/** What headings say besides: a currency, in brackets or not. */
const BESIDE = /\([^)]*\)|\[[^\]]*\]|(?<![\p{L}])(?:[A-Z]{3}|in|€|\$|£)(?![\p{L}])/gu;
/** Headings are short, and a hostile cell is long. In UTF-16 units. */
const MAX_LENGTH = 40;

/** What a heading says that the numbers below it are; undefined for anything else. */
export function columnRole(heading: string): ColumnRole | undefined {
  if (heading.length > MAX_LENGTH) return undefined;
  return ROLES.get(bare(heading)) ?? ROLES.get(bare(heading.replace(BESIDE, " ")));
}

function bare(text: string): string {
  return foldedText(text).replace(/[^\p{L}\p{N}]/gu, "");
}
