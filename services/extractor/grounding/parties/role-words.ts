import type { Facts } from "@flowstate/contracts";
import { foldedText } from "../printed/folded-text.ts";

/**
 * Who a label says somebody is. `shipper` sends the goods, and sells them as often as not; `ship_to` gets them, `consignee` is who gets them by a paper of transport, or is told of
 * their arrival; `neither` is somebody else: whose account it is.
 */
export type LabelledRole = "vendor" | "shipper" | "buyer" | "ship_to" | "carrier" | "consignee" | "neither";

/**
 * What stands over a party or before it, folded: English, German, French, Italian, Spanish, Dutch, Polish. Words that say
 * only who writes to whom (`from`, `to`) are missing, because an order goes the other way than its invoice.
 */
const ROLE_WORDS: Readonly<Record<LabelledRole, readonly string[]>> = {
  vendor: [
    ...["seller", "vendor", "supplier", "sold by", "billed by", "exporter"],
    ...["verkaufer", "lieferant", "rechnungssteller", "rechnungsaussteller", "leistungserbringer"],
    ...["vendeur", "fournisseur", "prestataire", "emetteur"],
    ...["venditore", "fornitore", "cedente", "prestatore"],
    ...["vendedor", "proveedor", "emisor", "verkoper", "leverancier", "sprzedawca", "dostawca", "wystawca"],
  ],
  shipper: ["shipper", "ship from", "consignor", "versender", "expediteur", "mittente"],
  buyer: [
    ...["buyer", "customer", "client", "purchaser", "bill to", "billed to", "sold to", "invoice to", "invoiced to"],
    ...["billing address", "invoice address", "kaufer", "kunde", "besteller", "auftraggeber", "leistungsempfanger"],
    ...["rechnungsempfanger", "rechnungsadresse", "rechnungsanschrift", "rechnung an"],
    ...["acheteur", "facture a", "facturer a", "adresse de facturation", "acquirente", "cessionario", "committente"],
    ...["cliente", "comprador", "facturar a", "direccion de facturacion", "klant", "koper", "afnemer", "factuuradres"],
    ...["nabywca", "kupujacy", "zamawiajacy"],
  ],
  ship_to: [
    ...["ship to", "shipped to", "ship-to", "deliver to", "delivered to", "delivery to", "delivery address"],
    ...["shipping address", "ship to address", "place of delivery", "goods recipient"],
    ...["warenempfanger", "lieferadresse", "lieferanschrift", "lieferung an", "versandadresse"],
    ...["livre a", "livrer a", "adresse de livraison", "lieu de livraison"],
    ...["indirizzo di consegna", "luogo di consegna", "luogo di destinazione", "destinazione merce", "destinazione"],
    ...["direccion de entrega", "direccion de envio", "lugar de entrega", "enviar a", "entregar a"],
    ...["afleveradres", "leveradres", "verzendadres", "bezorgadres", "adres dostawy", "miejsce dostawy"],
  ],
  carrier: [
    ...["carrier", "air carrier", "ocean carrier", "main carrier", "contracting carrier", "successive carrier"],
    ...["forwarder", "freight forwarder", "forwarding agent", "haulier", "haulage contractor", "transporter"],
    ...["shipping company", "shipping line", "transport company", "shipped via", "ship via", "shipped by"],
    ...["issuing carrier's agent", "frachtfuhrer", "spediteur", "spedition", "transporteur", "transportunternehmen"],
    ...["transportunternehmer", "transitaire", "vettore", "spedizioniere", "corriere", "trasportatore"],
    ...["transportista", "porteador", "vervoerder", "transportbedrijf", "przewoznik", "spedytor"],
  ],
  consignee: [
    ...["consignee", "notify party", "notify", "notify address", "empfanger", "meldeadresse", "notify-adresse"],
    ...["destinataire", "destinatario", "consignatario", "geadresseerde", "odbiorca"],
  ],
  neither: [
    ...["remit to", "payee", "beneficiary", "account holder", "agent", "contact", "tax representative"],
    ...["zahlungsempfanger", "kontoinhaber", "ansprechpartner", "steuervertreter", "rechnungsersteller", "titulaire"],
  ],
};
/** In this order they are looked for in a text that says more. */
const ROLES = [
  "vendor",
  "shipper",
  "buyer",
  "ship_to",
  "carrier",
  "consignee",
  "neither",
] as const satisfies readonly LabelledRole[];
const ROLE_OF = new Map(ROLES.flatMap((role) => ROLE_WORDS[role].map((word) => [word, role] as const)));
/** The first box of a CMR consignment note, in two languages or three. */
const SENDERS_BOX = /^1\.? (?:absender|sender|expediteur|mittente|remitente)/;
/** What labels say besides: forms number their boxes. */
const BEFORE = /^(?:\d{1,2}[a-z]? )?(?:(?:abweichende[rs]?|other|the|le|la|il) )?/;
const BEHIND = /(?:'s)? (?:details|name|address|name (?:and|&) (?:address|city))$/;
/** The longest label, several joined included, in UTF-16 units. */
const MAX_LENGTH = 60;

/** Whose label a text is, if it is one and nothing else: `Käufer/Leistungsempfänger`, `Bill to:`. */
export function labelledRole(text: string): LabelledRole | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const folded = foldedText(text);
  if (SENDERS_BOX.test(folded)) return "shipper";
  const words = folded
    .replace(/\(.*\)|[:.]/g, " ")
    .split("/")
    .map((part) => part.trim().replace(BEFORE, ""));
  const roles = new Set(words.map((word) => ROLE_OF.get(word) ?? ROLE_OF.get(word.replace(BEHIND, ""))));
  // `Shipper/Exporter`
  if (roles.has("vendor")) roles.delete("shipper");
  const [role] = roles;
  return roles.size === 1 ? role : undefined;
}

/** Who ships sells what is shipped, except on a bill: whose freight is billed is the buyer as often. */
export function asSeller(
  role: LabelledRole | undefined,
  type: Facts["document_type"],
): Exclude<LabelledRole, "shipper"> | undefined {
  if (role !== "shipper") return role;
  return type === "invoice" || type === "credit_note" ? "neither" : "vendor";
}

/** Whom to ask at a party is no party. */
const CONTACT = /^(?:contact|contatto|contacto|contactpersoon|ansprechpartner|osoba kontaktowa)(?!\p{L})/u;

export function isContact(label: string): boolean {
  return CONTACT.test(foldedText(label));
}

const MENTIONED = new RegExp(
  ROLES.map((role) => String.raw`(?<!\p{L})(?<${role}>${ROLE_WORDS[role].join("|")})`).join("|"),
  "u",
);
/** Who writes and who is written to. */
const OURS = /(?<!\p{L})(?:our|unsere?|notre|nos|nostr[ao]|nuestr[ao]|onze|ons|nasz[ea]?)(?!\p{L})/u;
const YOURS = /(?<!\p{L})(?:your|ihre?|votre|vos|vostr[ao]|su|uw|panstwa)(?!\p{L})/u;

/** Whose a value is by the words before it, whatever else they say: `USt-IdNr. des Kunden`, `Our VAT no.`. */
export function mentionedRole(text: string, issuer: "vendor" | "buyer" | undefined): LabelledRole | undefined {
  const folded = foldedText(text.slice(-MAX_LENGTH));
  const groups = MENTIONED.exec(folded)?.groups ?? {};
  const mentioned = ROLES.find((role) => groups[role] !== undefined);
  if (mentioned !== undefined) return mentioned;
  if (issuer === undefined || OURS.test(folded) === YOURS.test(folded)) return undefined;
  return OURS.test(folded) === (issuer === "vendor") ? "vendor" : "buyer";
}
