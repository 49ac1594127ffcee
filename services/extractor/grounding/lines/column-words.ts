import { foldedText } from "../printed/folded-text.ts";

/**
 * What tables of lines call their columns, in the languages of the documents that reach us. The words only ever say which of
 * the numbers that were read is which; no number is read by them.
 */
const HEADINGS = {
  quantity: [
    ["Menge", "Anzahl", "Stückzahl", "Stunden", "Std", "Stück", "Stk"],
    ["Quantity", "Qty", "Hours", "Hrs", "No of units", "Pcs", "Pieces"],
    ["Quantité", "Qté", "Nombre", "Heures", "Pièces"],
    ["Quantità", "Q.tà", "Qtà", "Ore", "Pezzi"],
    ["Cantidad", "Cant", "Cdad", "Unidades", "Horas", "Piezas", "Quantidade", "Qtd"],
    ["Aantal", "Hoeveelheid", "Uren", "Stuks"],
    ["Ilość", "Sztuk", "Množství", "Počet", "Množstvo", "Antal", "Mængde", "Mängd", "Antall", "Määrä", "Mennyiség"],
    ["Cantitate", "Količina", "Ποσότητα", "Количество", "Кол-во", "数量", "수량"],
  ],
  ordered: [
    ["Bestellt", "Bestellmenge", "Auftragsmenge", "Menge bestellt", "Best.-Menge", "Bestätigt", "Menge bestätigt"],
    ["Ordered", "Qty ordered", "Quantity ordered", "Ordered qty", "Order qty", "Ord qty", "Qty ord", "Confirmed"],
    ["Confirmed qty", "Qty confirmed"],
    ["Commandé", "Commandée", "Qté commandée", "Quantité commandée", "Qté cdée", "Qté cde", "Confirmé"],
    ["Ordinato", "Ordinata", "Q.tà ordinata", "Quantità ordinata", "Pedido", "Pedida", "Cantidad pedida"],
    ["Cant. pedida", "Besteld", "Aantal besteld", "Zamówiono", "Ilość zamówiona", "Beställt", "Bestilt"],
  ],
  delivered: [
    ["Geliefert", "Liefermenge", "Gelieferte Menge", "Menge geliefert", "Lieferung"],
    ["Delivered", "Shipped", "Qty shipped", "Qty delivered", "Quantity shipped", "Quantity delivered"],
    ["Delivered qty", "Shipped qty", "Ship qty", "This delivery", "Dispatched"],
    ["Livré", "Livrée", "Qté livrée", "Quantité livrée", "Expédié", "Qté expédiée"],
    ["Consegnato", "Consegnata", "Q.tà consegnata", "Quantità consegnata", "Spedito", "Entregado", "Entregada"],
    ["Cantidad entregada", "Cant. entregada", "Servido", "Geleverd", "Aantal geleverd", "Wydano", "Dostarczono"],
    ["Ilość wydana", "Ilość dostarczona", "Levererat", "Leveret", "Levert"],
  ],
  open: [
    ["Rückstand", "Rest", "Restmenge", "Offen", "Offene Menge", "Noch offen"],
    ["Backorder", "Back order", "Backordered", "Back ordered", "B/O", "B/O qty", "Open", "Open qty", "Outstanding"],
    ["Balance", "Remaining", "To follow", "Qty backordered"],
    ["Reliquat", "Reste", "Reste à livrer", "Restant", "Residuo", "Da consegnare", "Saldo", "Inevaso"],
    ["Pendiente", "Por entregar", "Nalevering", "Nog te leveren", "Restant", "Pozostało", "Do dostawy", "Restnoterat"],
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
  packages: [
    ["Packstücke", "Colli", "Kolli", "Pakete", "Kartons", "Paletten", "Anzahl Packstücke", "Anzahl Colli"],
    ["Packages", "Pkgs", "Cartons", "Ctns", "Boxes", "Pallets", "Crates", "No of packages", "No of pkgs"],
    ["Number of packages", "No of cartons", "Colis", "Nb colis", "Nb de colis", "Nombre de colis", "Cartons"],
    ["N. colli", "Numero colli", "Bultos", "Nº bultos", "N° bultos", "Cajas", "Dozen", "Aantal colli", "Opakowania"],
    ["Liczba opakowań", "Kartony"],
  ],
  net_weight: [
    ["Nettogewicht", "Gewicht netto", "Net weight", "Net wt", "N.W.", "Nett weight", "Poids net", "Peso netto"],
    ["Peso neto", "Waga netto", "Nettovikt"],
  ],
  gross_weight: [
    ["Bruttogewicht", "Gewicht brutto", "Gross weight", "Gross wt", "G.W.", "Poids brut", "Peso lordo", "Peso bruto"],
    ["Brutogewicht", "Waga brutto", "Bruttovikt"],
  ],
  // Weights where nothing is billed, amounts elsewhere.
  net: [["Netto", "Net", "Nett", "Neto"]],
  gross: [["Brutto", "Gross", "Brut", "Bruto", "Lordo"]],
} as const;

export type ColumnRole = keyof typeof HEADINGS;

const COLUMN_ROLES = [
  ...["quantity", "ordered", "delivered", "open", "price", "packages"],
  ...["net_weight", "gross_weight", "net", "gross"],
] as const satisfies readonly ColumnRole[];
const ROLES: ReadonlyMap<string, ColumnRole> = new Map(
  COLUMN_ROLES.flatMap((role) => HEADINGS[role].flatMap((words) => words.map((word) => [bare(word), role] as const))),
);
/** What headings say besides: a currency or a unit of mass, in brackets or not. */
const BESIDE = /\([^)]*\)|\[[^\]]*\]|(?<![\p{L}])(?:[A-Z]{3}|in|kgs?|lbs?|€|\$|£)(?![\p{L}])/gu;
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
