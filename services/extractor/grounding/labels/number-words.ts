import type { Facts } from "@flowstate/contracts";
import { titlesIn } from "../title/document-titles.ts";
import type { TitledType } from "../title/title-words.ts";
import { type WordFamilies, wordFinder } from "./word-families.ts";

/** What a number may be: the document's own, one of those that it refers to, or something else. */
export type NumberMeaning = "own" | "order" | "contract" | "delivery" | "shipment" | "other";

type Family = NumberMeaning | "qualifier";

/**
 * How numbers are introduced that titles of documents do not name, as regular expressions over folded text: English, German,
 * French, Italian, Spanish, Dutch, Polish. Each begins a word.
 */
const WORDS: WordFamilies<Family> = [
  [
    "own",
    [
      ...["document (?:no|number|nr|id)", "doc\\.? ?(?:no|nr)", "(?:beleg|dokument(?:en)?)-?(?:nummer|nr|no)"],
      ...["(?:n[°ºo.]|numero|num) (?:de |du |del )?document[oe]?", "documento n", "documentnummer", "nr dokumentu"],
      ...["re\\.?-?(?:nr|nummer)", "inv\\.? ?(?:no|nr|number|#)"],
    ],
  ],
  [
    "contract",
    ["contract", "agreement", "vertrag", "rahmenvertrag", "contrat", "contrato", "overeenkomst", "umow[ay]"],
  ],
  [
    "other",
    [
      // Of what is sold, of accounts, of offices, and of places.
      ...["item", "article", "artikel", "art\\.?-?(?:nr|no)", "articulo", "articolo", "sku", "gtin", "ean", "gln"],
      ...["hs code", "indeks", "towar", "account", "iban", "bic", "swift", "konto", "kto", "blz", "compte", "conto"],
      ...["cuenta", "rekening", "ust-?id", "umsatzsteuer-?id", "steuer-?n", "siren", "siret", "rcs"],
      ...["naf", "p\\.? ?iva", "partita iva", "codice fiscale", "c\\.? ?f\\.", "nif", "cif", "kvk", "nip"],
      ...["regon", "krs", "eori", "duns", "hr[ab]", "handelsregister", "amtsgericht", "company (?:no|number|reg)"],
      ...["tel", "telefon", "phone", "fax", "mobil", "gsm", "zip", "plz", "postal", "post ?code", "cap"],
      ...["address", "anschrift", "adress", "indirizzo", "direccion", "adres", "po box", "postfach", "page", "seite"],
      ...["pagina", "strona", "cost cent(?:er|re)", "kostenstelle", "project", "projekt", "projet", "progetto"],
    ],
  ],
  // Whose number it is, or of which kind, where nothing else says what of: `Faktura VAT nr`, `Order no. of the customer`.
  [
    "qualifier",
    [
      ...["tax", "vat", "ust", "mwst", "umsatzsteuer", "steuer", "tva", "iva", "btw", "moms"],
      ...["customer", "client", "debtor", "supplier", "vendor", "buyer", "kunde(?!n-?(?:bestell|auftrag))", "debitor"],
      ...["kreditor", "lieferanten", "mandant", "fornitore", "proveedor", "klant", "debiteur", "leverancier", "klient"],
      ...["kontrahent"],
    ],
  ],
  [
    "shipment",
    [
      ...[
        "shipment",
        "shipping",
        "consignment",
        "booking",
        "tracking",
        "b ?/ ?l",
        "awb",
        "sendung",
        "versand",
        "fracht",
      ],
      ...["expedition", "envoi", "reservation", "spedizione", "envio", "embarque", "reserva", "zending", "verzend"],
      ...["boeking", "przesylk", "wysylk", "transport"],
    ],
  ],
  ["delivery", ["deliver", "dispatch", "despatch", "liefer", "livraison", "consegna", "entrega", "lever", "dostaw"]],
  [
    "order",
    [
      ...["p\\.?o\\.?(?= ?(?:no|nr|number|#|:|$))", "order", "bestell?", "auftrag", "kunden-?(?:bestell|auftrag)"],
      ...["commande", "ordine", "pedido", "zamowieni"],
    ],
  ],
];
const wordsIn = wordFinder(WORDS);
/** What is said of a number stands near it, and a hostile cell is long. */
const MAX_WORDS = 12;
const MAX_LENGTH = 160;
/** How many words before one that only qualifies a number may say what it is. */
const MAX_QUALIFIED = 2;

type DocumentType = Facts["document_type"];
/** Programs print the number of a credit note as that of an invoice, and credit notes that of the invoice they correct. */
const BILLS: ReadonlySet<TitledType> = new Set(["invoice", "credit_note", "negative_invoice"]);
/** What a document that is about an order, a delivery or a shipment calls its own number. */
const OWN_WORDS: Partial<Readonly<Record<DocumentType, readonly string[]>>> = {
  purchase_order: ["order"],
  order_confirmation: ["order"],
  packing_list: ["order", "delivery", "shipment"],
  delivery_note: ["delivery", "shipment"],
  bill_of_lading: ["delivery", "shipment"],
};

/**
 * What the folded words before a number, or above it, say that it is in a document of this type: the nearest of them that
 * say anything, of each part of `Kunden-Nr. / Rechnungs-Nr.`. Empty where they say nothing.
 */
export function numberMeanings(text: string, type: DocumentType): ReadonlySet<NumberMeaning> {
  const parts = text.slice(-MAX_LENGTH).split(/(?<!\bb) ?\/ ?(?!l\b)/);
  return new Set(parts.flatMap((part) => nearestMeanings(part, type)));
}

function nearestMeanings(part: string, type: DocumentType): readonly NumberMeaning[] {
  const words = part.trim().split(/\s+/).slice(-MAX_WORDS);
  let furthest = 0;
  let isQualified = false;
  for (let from = words.length - 1; from >= furthest; from--) {
    const nearest = words.slice(from).join(" ");
    const families = wordsIn(nearest).map(({ family }) => family);
    const named = families.filter((family) => family !== "qualifier");
    const isOwn = named.some((family) => OWN_WORDS[type]?.includes(family) === true);
    const meanings = [...titledMeanings(nearest, type), ...named, ...(isOwn ? (["own"] as const) : [])];
    if (meanings.length > 0) return meanings;
    if (!isQualified && families.length > 0) {
      isQualified = true;
      furthest = Math.max(0, from - MAX_QUALIFIED);
    }
  }
  return isQualified ? ["other"] : [];
}

function titledMeanings(text: string, type: DocumentType): readonly NumberMeaning[] {
  const types = new Set(titlesIn(text));
  if (types.size === 0) return [];
  const meanings: NumberMeaning[] = [];
  // A packing list may have no number but those of the order and of the invoice.
  if (types.has(type) || type === "packing_list") meanings.push("own");
  if (types.has("purchase_order") || types.has("order_confirmation")) meanings.push("order");
  if (types.has("delivery_note") || types.has("packing_list")) meanings.push("delivery");
  if (types.has("bill_of_lading")) meanings.push("shipment");
  const isUnclear = BILLS.has(type) && [...BILLS].some((bill) => types.has(bill));
  return meanings.length > 0 || isUnclear ? meanings : ["other"];
}
