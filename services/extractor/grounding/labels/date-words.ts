import type { Facts } from "@flowstate/contracts";
import { type WordFamilies, wordFinder } from "./word-families.ts";

/**
 * What a date may be: when the document was issued, when it is to be paid, or something else. `dated` is a date that is called
 * a date and nothing more: tables have columns of them.
 */
export type DateMeaning = "issued" | "dated" | "due" | "other";

type Family = "issued" | "due" | "ordered" | "delivered" | "other";

/**
 * How dates are introduced, as regular expressions over folded text: English, German, French, Italian, Spanish, Dutch,
 * Polish. Each begins a word. What is paid earlier for less money is another date than the one that it is due.
 */
const WORDS: WordFamilies<Family> = [
  [
    "issued",
    [
      ...[
        "(?:tax )?invoice(?: ?(?:/|and|&) ?[a-z]+)? date",
        "date of (?:the )?invoice",
        "bill(?:ing)? date",
        "(?:credit(?: note| memo)?|memo) date",
      ],
      ...["date of issue", "issue date", "issued(?: on)?", "document date", "date issued"],
      ...["(?:rechnungs|beleg|ausstellungs|gutschrifts?|dokument(?:en)?|faktura)-?(?: ?(?:/|und|&) ?[a-z]+-?)?datum"],
      ...["datum der (?:rechnung|ausstellung|gutschrift)", "ausgestellt am", "re\\.?-?datum"],
      ...[
        "date (?:de )?(?:la )?fact(?:ure|uration)",
        "date d'emission",
        "date de l'avoir",
        "date (?:du |de )?(?:document|piece)",
      ],
      ...["(?:emise?|etablie?|facturee?) le", "date de creation"],
      ...[
        "data (?:della |di )?(?:fattura|emissione|fatturazione|documento|nota)",
        "data del documento",
        "emess[ao] il",
      ],
      ...["fecha (?:de (?:la )?)?(?:factura|emision|expedicion|documento|facturacion)", "emitida el"],
      ...["fact(?:uur|uratie)datum", "datum (?:van de )?factuur", "creditdatum", "documentdatum", "datum van uitgifte"],
      ...["data (?:wystawienia|faktury|dokumentu)", "wystawieni[ae]", "wystawion[aoy]"],
    ],
  ],
  [
    "due",
    [
      ...[
        "due",
        "payable",
        "pay(?:ment)? (?:by|on|before|until|date|deadline|period)",
        "to be paid",
        "please (?:pay|remit)",
      ],
      ...[
        "fallig",
        "zahlbar",
        "zahlungs(?:ziel|termin|frist)",
        "zu (?:be)?zahlen",
        "zahlen sie",
        "uberweis",
        "begleich",
      ],
      ...["netto bis", "net (?:by|until)", "ohne abzug", "zahldatum", "bezahlen", "zahlung bis", "spatestens"],
      ...[
        "echeance",
        "a (?:payer|regler)",
        "payable",
        "date (?:limite )?de (?:paiement|reglement)",
        "paiement (?:avant|le)",
      ],
      ...["scaden[zs]", "scade", "da pagare", "pagamento entro", "data (?:di )?pagamento", "pagabile"],
      ...["vencimiento", "vence", "vto", "a pagar", "fecha (?:limite )?de pago", "pagadero", "pagar antes"],
      ...["verval", "te (?:betalen|voldoen)", "uiterste betaal", "uiterlijk", "betaaldatum", "betalen voor"],
      ...["termin (?:platnosci|zaplaty)", "platn[aey]", "do zaplaty", "zaplacic do"],
    ],
  ],
  [
    "ordered",
    [
      ...["order(?:ed)?", "purchase order", "p\\.?o\\.? date", "bestell", "auftrag", "beauftragt"],
      ...["commande", "ordine", "ordinato", "pedido", "bestel", "opdracht", "zamowieni"],
    ],
  ],
  [
    "delivered",
    [
      ...[
        "deliver",
        "ship(?:ped|ping|ment)?",
        "dispatch",
        "despatch",
        "liefer",
        "versand",
        "verladen",
        "livraison",
        "expedition",
        "livre",
      ],
      ...["consegna", "spedizione", "trasporto", "entrega", "envio", "albaran", "lever", "verzend", "dostaw", "wysylk"],
      ...["wydani", "packed", "packing", "loading", "loaded", "on board"],
    ],
  ],
  [
    "other",
    [
      ...["service", "performance", "supply", "tax point", "period", "from", "valid", "contract", "agreement", "birth"],
      ...[
        "print",
        "receipt",
        "received",
        "departure",
        "arrival",
        "eta",
        "etd",
        "sailing",
        "discount",
        "booking",
        "cut-?off",
      ],
      ...[
        "leistung",
        "zeitraum",
        "abrechnungs",
        "berechnungs",
        "gultig",
        "vertrag",
        "geburt",
        "druck",
        "eingang",
        "skonto",
      ],
      ...["abfahrt", "ankunft", "wareneingang", "beleg(?:e|en)? vom", "prestation", "periode", "escompte", "contrat"],
      ...["validite", "valable", "depart", "arrivee", "impression", "realisation", "competenza", "periodo", "sconto"],
      ...["contratto", "validita", "partenza", "arrivo", "stampa", "prestazione", "descuento", "contrato", "validez"],
      ...[
        "salida",
        "llegada",
        "operacion",
        "servicio",
        "korting",
        "contract",
        "geldig",
        "vertrek",
        "aankomst",
        "prestatie",
      ],
      ...[
        "sprzedazy",
        "okres",
        "rabat",
        "skont",
        "umow[ay]",
        "wazn[aey]",
        "wykonania",
        "odjazd",
        "przyjazd",
        "otrzymania",
      ],
    ],
  ],
];
/** Less money, if it is paid by then. */
const DISCOUNT = /(?<!\p{L})(?:\p{L}*skont|discount|escompte|sconto|descuento|korting)/u;
/** Where one date's words end and the next one's begin. */
const BREAK = /[,;]|(?<!\p{L})(?:oder|or|ou|oppure|of|lub)(?!\p{L})|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}/gu;
/** Words that say nothing more. */
const BARE = /^(?:date|dated|datum|data|fecha|dato)$/;
const wordsIn = wordFinder(WORDS);
/** A longer text, or one with figures, is a sentence, whose last words count. In UTF-16 units. */
const MAX_LABEL = 64;
/** A hostile cell is long; what is said of a date stands near it. */
const MAX_SENTENCE = 160;

type DocumentType = Facts["document_type"];
const ORDERS: ReadonlySet<DocumentType> = new Set(["purchase_order", "order_confirmation"]);
const SENT_WITH_GOODS: ReadonlySet<DocumentType> = new Set(["delivery_note", "packing_list", "bill_of_lading"]);

/** What the folded words before a date, or above it, say that it is in a document of this type. Empty where they say nothing. */
export function dateMeanings(text: string, type: DocumentType): ReadonlySet<DateMeaning> {
  const said = text.slice(-MAX_SENTENCE);
  const found = wordsIn(said);
  const isLabel = said.length <= MAX_LABEL && !/\d/.test(said);
  const isBare = isLabel && said.split(/[/&=]/).some((part) => BARE.test(part.replace(/[^\p{L}]+/gu, "")));
  return new Set([
    ...(isBare ? (["dated"] as const) : []),
    ...(isLabel ? found : found.slice(-1)).flatMap(({ family, index }) =>
      DISCOUNT.test(said.slice(endOfLast(BREAK, said.slice(0, index)))) ? "other" : meaningsOf(family, type),
    ),
  ]);
}

function meaningsOf(family: Family, type: DocumentType): readonly DateMeaning[] {
  if (family === "ordered") return ORDERS.has(type) ? ["issued"] : ["other"];
  // What goes with the goods may be dated by when they go.
  if (family === "delivered") return SENT_WITH_GOODS.has(type) ? [] : ["other"];
  return [family];
}

/** Behind the last match, 0 where there is none. */
function endOfLast(pattern: RegExp, text: string): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}
