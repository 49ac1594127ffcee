import type { Facts, Party } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here; a cell that begins with # is printed larger than the others.

function party(name: string, street: string, postalCode: string, taxIds: readonly string[] = []): NonNullable<Party> {
  const tax_ids = taxIds.map((value) => ({ scheme: "vat" as const, value }));
  return { name, street, postal_code: postalCode, city: null, country: null, tax_ids };
}

const VENDOR = party("Lindholm & Krogh A/S", "Havnegade 12", "5000", ["DK12345678"]);
const BUYER = party("Weserwerk AG", "Hafenrandstr. 7", "28217", ["DE129876543"]);

/** What is known of vendor and buyer, in this order. */
function statesOn(rows: readonly string[], stated: Partial<Facts> = {}): (string | undefined)[] {
  const { fields } = groundFacts(factsWith({ vendor: VENDOR, buyer: BUYER, ...stated }), printedPages(rows)).grounding;
  return ["/vendor", "/buyer"].map((wanted) => fields.find(({ path }) => path === wanted)?.grounded);
}

const SWAPPED = { vendor: BUYER, buyer: VENDOR };

describe("who is the vendor and who the buyer", () => {
  it.each([
    ["over them", ["Seller||Bill To:", "Lindholm & Krogh A/S||Weserwerk AG", "Havnegade 12||Hafenrandstr. 7"]],
    ["beside them", ["Lieferant:|Lindholm & Krogh A/S", "Käufer/Leistungsempfänger|Weserwerk AG"]],
    ["before them", ["Cedente: Lindholm & Krogh A/S", "Cessionario (cliente): Weserwerk AG"]],
    ["over their fields", ["Vendeur", "N°:|4711", "Nom:|Lindholm & Krogh A/S", "Client", "Nom:|Weserwerk AG"]],
  ])("is said by labels %s", (_where, rows) => {
    expect(statesOn(rows)).toEqual(["page", "page"]);
    expect(statesOn(rows, SWAPPED)).toEqual(["absent", "absent"]);
  });

  it("is said by the label of one", () => {
    const rows = ["Lindholm & Krogh A/S||Invoice", "Havnegade 12||", "Sold to:", "Weserwerk AG", "Hafenrandstr. 7"];
    expect(statesOn(rows)).toEqual(["not_checkable", "page"]);
    expect(statesOn(rows, SWAPPED)).toEqual(["absent", "not_checkable"]);
    expect(statesOn(rows, { ...SWAPPED, buyer: null })).toEqual(["absent", undefined]);
  });

  it("is said by tax numbers that changed places, though the names did not", () => {
    const rows = ["Seller||Buyer", "Lindholm & Krogh A/S||Weserwerk AG", "DK12345678||DE129876543"];
    const vendor = { ...VENDOR, tax_ids: BUYER.tax_ids };
    const buyer = { ...BUYER, tax_ids: VENDOR.tax_ids };
    expect(statesOn(rows)).toEqual(["page", "page"]);
    expect(statesOn(rows, { vendor, buyer })).toEqual(["absent", "absent"]);
  });

  it("is not said by a label that reaches too far: what stands below the buyer may be the vendor's", () => {
    const rows = ["Bill To:", "Weserwerk AG", "Hafenrandstr. 7", "VAT DK12345678", "Lindholm & Krogh A/S"];
    expect(statesOn(rows)).toEqual(["not_checkable", "page"]);
  });

  it("is not said by the label of somebody else", () => {
    const rows = ["Bill To:", "Weserwerk AG", "Remit To:", "Lindholm & Krogh A/S", "Lieferadresse:|Weserwerk AG"];
    expect(statesOn(rows)).toEqual(["not_checkable", "page"]);
  });

  it("is said by who ships, except on a bill, whose buyer may be the shipper", () => {
    const rows = [
      "Weserwerk AG",
      "Hafenrandstr. 7",
      "",
      "",
      "Shipper||Consignee",
      "Weserwerk AG||Lindholm & Krogh A/S",
    ];
    expect(statesOn(rows)).toEqual(["not_checkable", "not_checkable"]);
    expect(statesOn(rows, { document_type: "bill_of_lading" })).toEqual(["not_checkable", "absent"]);
    expect(statesOn(rows, { document_type: "bill_of_lading", ...SWAPPED })).toEqual(["page", "not_checkable"]);
  });

  it("does not take a name that looks like a label for one", () => {
    const vendor = { ...VENDOR, name: "Lieferant GmbH" };
    const rows = ["Kunde", "Weserwerk AG", "Lieferant", "Lieferant GmbH"];
    expect(statesOn(rows, { vendor })).toEqual(["page", "page"]);
  });

  it.each([
    ["printed large", ["#Lindholm & Krogh A/S", "Weserwerk AG", "Hafenrandstr. 7", "28217 Bremen", "Dear Sirs,"]],
    ["in the line over the address", ["Lindholm & Krogh A/S, Havnegade 12, 5000 Odense", "Weserwerk AG", "28217"]],
    ["in the foot, with its bank", ["Weserwerk AG", "28217", ...Array(9).fill("…"), "Lindholm & Krogh A/S|IBAN DK50"]],
  ])("is said by whose paper it is: %s", (_where, rows) => {
    expect(statesOn(rows)).toEqual(["page", "page"]);
    expect(statesOn(rows, SWAPPED)).toEqual(["absent", "absent"]);
    expect(statesOn(rows, { document_type: "purchase_order", ...SWAPPED })).toEqual(["page", "page"]);
    expect(statesOn(rows, { document_type: "bill_of_lading" })).toEqual(["not_checkable", "not_checkable"]);
  });

  it("cannot be told of two names on a page without a label", () => {
    const rows = ["Lindholm & Krogh A/S", "Havnegade 12", "Weserwerk AG", "Hafenrandstr. 7", "Invoice"];
    expect(statesOn(rows)).toEqual(["not_checkable", "not_checkable"]);
    expect(statesOn(rows, SWAPPED)).toEqual(["not_checkable", "not_checkable"]);
  });

  it("finds a name that takes two rows", () => {
    const buyer = { ...BUYER, name: "Herrn\nMax Mustermann" };
    const rows = ["Seller||Buyer", "Lindholm & Krogh A/S||Herrn", "||Max Mustermann"];
    expect(statesOn(rows, { buyer })).toEqual(["page", "page"]);
    expect(statesOn(rows, { vendor: buyer, buyer: VENDOR })).toEqual(["absent", "absent"]);
  });
});
