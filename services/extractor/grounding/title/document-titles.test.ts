import { describe, expect, it } from "vitest";
import { isHeading, titlesIn } from "./document-titles.ts";

// Real: everything. Pure functions.

describe("titlesIn", () => {
  it.each([
    ["Rechnung Nr. 4711", "invoice"],
    ["Handelsrechnung (380)", "invoice"],
    ["Schlussrechnung", "invoice"],
    ["Betriebskostenabrechnung", "invoice"],
    ["Rechnungs-Nr.:", "invoice"],
    ["Rechnungsnummer", "invoice"],
    ["TAX INVOICE", "invoice"],
    ["Invoice No", "invoice"],
    ["Bill No. 17", "invoice"],
    ["FACTURE N° 2026-12", "invoice"],
    ["Fattura n. 12/2026", "invoice"],
    ["Factuurnummer", "invoice"],
    ["Factura simplificada", "invoice"],
    ["Faktura VAT nr 12", "invoice"],
    ["Gutschrift (Selbst ausgestellte Rechnung) (389)", "invoice"],
    ["Self-billed invoice", "invoice"],
    ["Gutschrift", "credit_note"],
    ["CREDIT MEMO", "credit_note"],
    ["Credit-Note 12", "credit_note"],
    ["Avoir n° 3", "credit_note"],
    ["Facture d’avoir", "credit_note"],
    ["Nota di credito", "credit_note"],
    ["Creditfactuur", "credit_note"],
    ["Factura de abono", "credit_note"],
    ["Stornorechnung 12", "credit_note"],
    ["Bestellung 4500012345", "purchase_order"],
    ["PO Number", "purchase_order"],
    ["Purchase Order", "purchase_order"],
    ["Inkooporder", "purchase_order"],
    ["Auftragsbestätigung 12", "order_confirmation"],
    ["Order acknowledgement", "order_confirmation"],
    ["Confirmation de commande", "order_confirmation"],
    ["Conferma d'ordine", "order_confirmation"],
    ["Confirmación del pedido", "order_confirmation"],
    ["Potwierdzenie zamówienia", "order_confirmation"],
    ["Packing List", "packing_list"],
    ["Liste de colisage", "packing_list"],
    ["Lieferschein-Nr. 12", "delivery_note"],
    ["Bon de livraison", "delivery_note"],
    ["Documento di trasporto (D.D.T.)", "delivery_note"],
    ["D.D.T. n. 5", "delivery_note"],
    ["Albarán", "delivery_note"],
    ["Bill of Lading", "bill_of_lading"],
    ["B/L No.", "bill_of_lading"],
    ["Konnossement", "bill_of_lading"],
    ["PROFORMA INVOICE", "other"],
    ["Pro-forma-Rechnung", "other"],
    ["Facture pro forma", "other"],
    ["Bestelländerung Nr. 2", "other"],
    ["Stornierung der Bestellung", "other"],
    ["Auftragsablehnung", "other"],
    ["Purchase Order Change 3", "other"],
    ["ORDER CANCELLATION", "other"],
    ["Annulation de commande", "other"],
    ["PURCHASE ORDER - CANCELLED", "other"],
    ["Purchase Order (cancelled)", "other"],
    ["Cancelled Purchase Order", "other"],
    ["Change to Purchase Order", "other"],
    ["PO Change Notice", "other"],
    ["Storno der Bestellung", "other"],
    ["Bestellung STORNO", "other"],
    ["Bestellung – Änderung", "other"],
    ["Commande annulée", "other"],
    ["Pedido anulado", "other"],
    ["Modifica ordine", "other"],
    ["Anulación de pedido", "other"],
    ["Orderwijziging", "other"],
    ["2. Mahnung", "other"],
    ["Statement of Account", "other"],
    ["Kostenvoranschlag", "other"],
  ])("takes %s for the title of one type: %s", (text, type) => {
    expect([...new Set(titlesIn(text))].filter((each) => each !== "negative_invoice")).toEqual([type]);
  });

  it.each([
    ["Lieferschein / Rechnung", ["delivery_note", "invoice"]],
    ["Packing slip", ["packing_list", "delivery_note"]],
    ["Rechnungskorrektur", ["credit_note", "invoice"]],
    ["Auftrag Nr.", ["purchase_order", "order_confirmation"]],
    ["CMR", ["bill_of_lading", "delivery_note", "other"]],
  ])("knows that %s may be several", (text, types) => {
    expect(titlesIn(text)).toEqual(types);
  });

  it.each([
    ["Rechnungskorrektur (384)", ["invoice"]],
    ["Gutschrift (381)", ["credit_note"]],
    ["Rechnung (326)", ["invoice"]],
    ["Proforma Rechnung (325)", ["other"]],
    ["Gutschrift (123)", ["credit_note"]],
    ["Lieferschein (380)", ["delivery_note"]],
  ])("goes by the code of EN 16931 that %s has", (text, types) => {
    expect(titlesIn(text)).toEqual(types);
  });

  it.each(["Rechnungsadresse", "Berechnung", "Umrechnung", "Bill to", "Bestellt am", "Avoirdupois", "Orderly", "DDTX"])(
    "finds none in %s",
    (text) => {
      expect(titlesIn(text)).toEqual([]);
    },
  );
});

describe("isHeading", () => {
  it.each([
    "RECHNUNG",
    "Rechnung Nr. RE-2026/17",
    "Rechnung 17 vom 3. November 2026",
    "Rechnung / Invoice",
    "INVOICE (copy)",
    "Invoice, page 1 of 3",
    "Tax Invoice #17",
    "Handelsrechnung (380) Nr. 471102 vom 05.03.2018",
    "Facture N° 12 du 3 novembre 2026",
  ])("takes %s for one", (text) => {
    expect(isHeading(text)).toBe(true);
  });

  it.each([
    "Rechnung:",
    "Invoice date",
    "Invoice address",
    "Delivery note for your order",
    "Thank you for your order",
    "Wir danken für Ihre Bestellung",
    "Pallet, large",
    `Invoice ${"1 ".repeat(100)}`,
  ])("takes %s for none", (text) => {
    expect(isHeading(text)).toBe(false);
  });
});
