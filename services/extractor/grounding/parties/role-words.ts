import { foldedText } from "../printed/folded-text.ts";

/** Who a label says somebody is. `neither` is somebody else: who gets the goods, whose account it is. */
export type LabelledRole = "vendor" | "buyer" | "neither";

/**
 * What stands over a party or before it, folded: English, German, French, Italian, Spanish, Dutch, Polish. Words that say
 * only who writes to whom (`from`, `to`) are missing, because an order goes the other way than its invoice.
 */
const ROLE_WORDS: Readonly<Record<LabelledRole, readonly string[]>> = {
  vendor: [
    ...["seller", "vendor", "supplier", "sold by", "billed by", "issued by", "shipper", "exporter", "consignor"],
    ...["verkaufer", "lieferant", "rechnungssteller", "rechnungsaussteller", "leistungserbringer", "versender"],
    ...["vendeur", "fournisseur", "prestataire", "emetteur", "expediteur"],
    ...["venditore", "fornitore", "cedente", "prestatore", "mittente"],
    ...["vendedor", "proveedor", "emisor", "verkoper", "leverancier", "sprzedawca", "dostawca", "wystawca"],
  ],
  buyer: [
    ...["buyer", "customer", "client", "purchaser", "bill to", "billed to", "sold to", "invoice to", "invoiced to"],
    ...["billing address", "invoice address", "kaufer", "kunde", "besteller", "auftraggeber", "leistungsempfanger"],
    ...["rechnungsempfanger", "rechnungsadresse", "rechnungsanschrift", "rechnung an"],
    ...["acheteur", "facture a", "facturer a", "adresse de facturation", "acquirente", "cessionario", "committente"],
    ...["cliente", "comprador", "facturar a", "direccion de facturacion", "klant", "koper", "afnemer", "factuuradres"],
    ...["nabywca", "kupujacy", "zamawiajacy"],
  ],
  neither: [
    ...["ship to", "shipped to", "deliver to", "delivery address", "shipping address", "consignee", "notify party"],
    ...["remit to", "payee", "beneficiary", "account holder", "carrier", "agent", "contact", "tax representative"],
    ...["empfanger", "warenempfanger", "lieferadresse", "lieferanschrift", "zahlungsempfanger", "kontoinhaber"],
    ...["frachtfuhrer", "spediteur", "ansprechpartner", "steuervertreter", "rechnungsersteller"],
    ...["destinataire", "livre a", "adresse de livraison", "transporteur", "titulaire", "destinatario"],
    ...["indirizzo di consegna", "vettore", "direccion de entrega", "enviar a", "transportista"],
    ...["afleveradres", "leveradres", "verzendadres", "vervoerder", "odbiorca", "adres dostawy", "przewoznik"],
  ],
};
const ROLE_OF = new Map(
  (["vendor", "buyer", "neither"] as const).flatMap((role) => ROLE_WORDS[role].map((word) => [word, role] as const)),
);
/** The longest label, several joined included, in UTF-16 units. */
const MAX_LENGTH = 60;

/** Whose label a text is, if it is one and nothing else: `Käufer/Leistungsempfänger`, `Bill to:`. */
export function labelledRole(text: string): LabelledRole | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const words = foldedText(text)
    .replace(/\(.*\)|[:.]/g, " ")
    .split("/")
    .map((part) =>
      part
        .trim()
        .replace(/^(?:abweichende[rs]?|other|the|le|la|il) /, "")
        .replace(/ (?:details|name)$/, ""),
    );
  const roles = new Set(words.map((word) => ROLE_OF.get(word)));
  const [role] = roles;
  return roles.size === 1 ? role : undefined;
}

/** Whom to ask at a party is no party. */
const CONTACT = /^(?:contact|contatto|contacto|contactpersoon|ansprechpartner|osoba kontaktowa)(?!\p{L})/u;

export function isContact(label: string): boolean {
  return CONTACT.test(foldedText(label));
}

const MENTIONED = new RegExp(
  (["vendor", "buyer", "neither"] as const)
    .map((role) => String.raw`(?<!\p{L})(?<${role}>${ROLE_WORDS[role].join("|")})`)
    .join("|"),
  "u",
);
/** Who writes and who is written to. */
const OURS = /(?<!\p{L})(?:our|unsere?|notre|nos|nostr[ao]|nuestr[ao]|onze|ons|nasz[ea]?)(?!\p{L})/u;
const YOURS = /(?<!\p{L})(?:your|ihre?|votre|vos|vostr[ao]|su|uw|panstwa)(?!\p{L})/u;

/** Whose a value is by the words before it, whatever else they say: `USt-IdNr. des Kunden`, `Our VAT no.`. */
export function mentionedRole(text: string, issuer: "vendor" | "buyer" | undefined): LabelledRole | undefined {
  const folded = foldedText(text.slice(-MAX_LENGTH));
  const { vendor, buyer, neither } = MENTIONED.exec(folded)?.groups ?? {};
  if (vendor !== undefined) return "vendor";
  if (buyer !== undefined) return "buyer";
  if (neither !== undefined) return "neither";
  if (issuer === undefined || OURS.test(folded) === YOURS.test(folded)) return undefined;
  return OURS.test(folded) === (issuer === "vendor") ? "vendor" : "buyer";
}
