import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { mislabelledNumbers } from "./mislabelled-numbers.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `faults.test.ts`.

const bare = factsWith({}).references;
const BUYER = { name: "Weserwerk AG", street: null, postal_code: "28217", city: "Bremen", country: "DE", tax_ids: [] };

function mislabelled(rows: readonly string[], stated: Partial<Facts>): readonly string[] {
  return mislabelledNumbers(factsWith({ buyer: BUYER, ...stated }), printedPages(rows).pages);
}

function ordered(number: string): Partial<Facts> {
  return { references: { ...bare, purchase_order_numbers: [number] } };
}

describe("mislabelledNumbers", () => {
  it.each([
    ["English", ["Invoice no.: NK-4711", "Your order no.: PO-883", "Customer no.: 40871"]],
    ["German", ["Rechnungs-Nr.|NK-4711", "Ihre Bestellung|PO-883", "Kunden-Nr.|40871"]],
    ["French", ["Facture n° NK-4711", "Votre commande n° PO-883", "N° client : 40871"]],
    ["Italian", ["Fattura n.|Vs. ordine|Codice cliente", "NK-4711|PO-883|40871"]],
    ["Spanish", ["Nº de factura:|NK-4711", "Su pedido:|PO-883", "Nº de cliente:|40871"]],
    ["Dutch", ["Factuurnummer|NK-4711", "Uw bestelnummer|PO-883", "Klantnummer|40871"]],
    ["Polish", ["Faktura VAT nr NK-4711", "Zamówienie nr PO-883", "Nr klienta: 40871"]],
  ])("knows the document's number from that of the order and that of the customer: %s", (_language, rows) => {
    expect(mislabelled(rows, { document_number: "NK-4711", ...ordered("PO-883") })).toEqual([]);
    expect(mislabelled(rows, { document_number: "PO-883", ...ordered("NK-4711") })).toEqual([
      "/document_number",
      "/references/purchase_order_numbers/0",
    ]);
    expect(mislabelled(rows, { document_number: "40871" })).toEqual(["/document_number"]);
  });

  it.each([
    ["beside its town", ["Invoice", "DE 28217 Bremen"], "28217"],
    ["beside its town, while another is titled", ["Invoice NK-4711", "28217 Bremen"], "28217"],
    ["of an account", ["Invoice", "IBAN: DE89370400440532013000"], "DE89370400440532013000"],
    ["that stands anywhere, while another is titled", ["Invoice NK-4711", "Please quote 55219"], "55219"],
  ])("finds a number %s", (_where, rows, document_number) => {
    expect(mislabelled(rows, { document_number })).toEqual(["/document_number"]);
  });

  it("finds a number that was read as an item's, too", () => {
    const lines = [lineWith({ seller_item_number: "HUB-36" })];
    expect(mislabelled(["1|HUB-36|Rear hub"], { document_number: "HUB-36", lines })).toEqual(["/document_number"]);
  });

  it.each([
    ["without words", ["Nordkai GmbH", "NK-4711", "Order no. PO-883"]],
    ["with words that say little", ["Your reference: NK-4711", "Number: NK-4711"]],
    ["with two words", ["Auftrags-/Rechnungs-Nr.: NK-4711"]],
    ["with the words for another elsewhere", ["Order no. NK-4711", "Invoice NK-4711"]],
    ["with a word for the tax", ["Faktura VAT nr NK-4711"]],
    ["titled with less of it", ["Invoice 4711", "NK-4711"]],
  ])("leaves a document's number alone that is printed %s", (_how, rows) => {
    expect(mislabelled(rows, { document_number: "NK-4711" })).toEqual([]);
  });

  it.each([
    ["credit_note", "Invoice no.: NK-4711"],
    ["purchase_order", "Order no.: NK-4711"],
    ["order_confirmation", "Auftragsnummer: NK-4711"],
    ["delivery_note", "Delivery no.: NK-4711"],
    ["packing_list", "Invoice no.: NK-4711"],
    ["bill_of_lading", "Shipment no.: NK-4711"],
    ["other", "Customer no.: NK-4711"],
  ] as const)("leaves alone what a %s calls its number: %s", (document_type, row) => {
    expect(mislabelled([row], { document_type, document_number: "NK-4711" })).toEqual([]);
  });

  it("leaves a number alone with a mark before it, beside another that has words of its own", () => {
    expect(mislabelled(["Factura", "NIF 12345678Z|Nº NK-4711"], { document_number: "NK-4711" })).toEqual([]);
    expect(mislabelled(["Factura", "NIF|NK-4711"], { document_number: "NK-4711" })).toEqual(["/document_number"]);
  });

  it("leaves references alone that are called what they are, or qualified", () => {
    const rows = ["Customer order no.: PO-883", "Rahmenvertrag: FA-25", "Lieferschein LS-77", "Tracking no. TR-99"];
    const references = { ...bare, purchase_order_numbers: ["PO-883"], contract_number: "FA-25" };
    const sent = { delivery_note_number: "LS-77", shipment_number: "TR-99" };
    expect(mislabelled(rows, { references: { ...references, ...sent } })).toEqual([]);
    const swapped = { contract_number: "LS-77", delivery_note_number: "FA-25", shipment_number: "PO-883" };
    expect(mislabelled(rows, { references: { ...references, ...swapped } })).toEqual([
      "/references/contract_number",
      "/references/delivery_note_number",
      "/references/shipment_number",
    ]);
  });
});
