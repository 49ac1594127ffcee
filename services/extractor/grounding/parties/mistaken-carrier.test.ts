import type { Facts, Party } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { mistakenCarrier } from "./mistaken-carrier.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `paper-faults.test.ts`.

function party(name: string, street: string): NonNullable<Party> {
  return { name, street, postal_code: null, city: null, country: null, tax_ids: [] };
}

const VENDOR = party("Lindholm & Krogh A/S", "Havnegade 12");
const BUYER = party("Weserwerk AG", "Hafenrandstr. 7");
const CARRIER = party("Nordkai Spedition GmbH", "Am Sandtorkai 41");

function mistaken(rows: readonly string[], stated: Partial<Facts>): readonly string[] {
  return mistakenCarrier(factsWith({ document_type: "delivery_note", ...stated }), printedPages(rows).pages);
}

describe("mistakenCarrier", () => {
  it.each([
    "Spediteur",
    "Frachtführer",
    "Carrier:",
    "Forwarder",
    "Transporteur",
    "Vettore",
    "Transportista",
    "Vervoerder",
  ])("knows who carries by the label %s", (label) => {
    const rows = [`Kunde||${label}`, "Weserwerk AG||Nordkai Spedition GmbH", "Hafenrandstr. 7||Am Sandtorkai 41"];
    expect(mistaken(rows, { buyer: BUYER, carrier: CARRIER })).toEqual([]);
    expect(mistaken(rows, { buyer: CARRIER, carrier: BUYER })).toEqual([
      "/buyer/name",
      "/buyer/street",
      "/carrier/name",
      "/carrier/street",
    ]);
    expect(mistaken(rows, { vendor: CARRIER })).toEqual(["/vendor/name", "/vendor/street"]);
  });

  it("knows sender, receiver and carrier by the labels of a bill of lading", () => {
    const rows = [
      "Shipper/Exporter||Carrier's name and address",
      "Lindholm & Krogh A/S||Nordkai Spedition GmbH",
      "Consignee (complete name and address)",
      "Weserwerk AG",
    ];
    const read = (vendor: Party, ship_to: Party, carrier: Party) =>
      mistaken(rows, { document_type: "bill_of_lading", vendor, ship_to, carrier }).filter((path) => /name/.test(path));
    expect(read(VENDOR, BUYER, CARRIER)).toEqual([]);
    expect(read(CARRIER, BUYER, VENDOR)).toEqual(["/vendor/name", "/carrier/name"]);
    expect(read(BUYER, CARRIER, VENDOR)).toEqual(["/vendor/name", "/ship_to/name", "/carrier/name"]);
  });

  it("believes that a third party pays, whatever it is called", () => {
    const rows = ["Ship From||Ship To", "Lindholm & Krogh A/S||Lager Nord", "Third party charges", "Weserwerk AG"];
    expect(mistaken(rows, { document_type: "bill_of_lading", vendor: VENDOR, buyer: BUYER })).toEqual([]);
  });

  it("knows the carrier of a paper of transport by its letterhead, where the others have their labels", () => {
    const rows = ["#Nordkai Spedition GmbH", "Bill of Lading", "Shipper", "Lindholm & Krogh A/S"];
    const paper = { document_type: "bill_of_lading" } as const;
    expect(mistaken(rows, { ...paper, vendor: VENDOR, carrier: CARRIER })).toEqual([]);
    expect(mistaken(rows, { ...paper, vendor: CARRIER })).toContain("/vendor/name");
  });

  it.each([
    ["without labels", ["Weserwerk AG", "Nordkai Spedition GmbH"], { buyer: CARRIER, carrier: BUYER }],
    ["of who carries what it sells", ["Carrier", "Lindholm & Krogh A/S"], { vendor: VENDOR, carrier: VENDOR }],
    [
      "of a letterhead that is a carrier's, too",
      ["#Nordkai Spedition GmbH", "", "", "Carrier: Nordkai Spedition GmbH"],
      { vendor: CARRIER },
    ],
  ])("says nothing %s", (_what, rows, stated) => {
    expect(mistaken(rows, stated)).toEqual([]);
  });
});
