import type { Facts, Party } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { exchangedRecipients } from "./exchanged-recipients.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `faults.test.ts`.

function party(name: string, street: string, postal_code: string, city: string): NonNullable<Party> {
  return { name, street, postal_code, city, country: null, tax_ids: [] };
}

const BUYER = party("Weserwerk AG", "Hafenrandstr. 7", "28217", "Bremen");
const SHIP_TO = party("Lager Nord GmbH", "Kaistr. 4", "24103", "Kiel");
/** The buyer's own store. */
const STORE = { ...SHIP_TO, name: BUYER.name };

function exchanged(rows: readonly string[], stated: Pick<Facts, "buyer" | "ship_to">): readonly string[] {
  return exchangedRecipients(factsWith(stated), printedPages(rows).pages);
}

const BLOCKS = ["Weserwerk AG||Lager Nord GmbH", "Hafenrandstr. 7||Kaistr. 4", "28217 Bremen||24103 Kiel"];

describe("exchangedRecipients", () => {
  it.each([
    ["English", ["Bill To||Ship To", ...BLOCKS]],
    ["German", ["Rechnungsadresse||Lieferadresse", ...BLOCKS]],
    ["French", ["Client||Adresse de livraison", ...BLOCKS]],
    ["Italian", ["Cliente||Luogo di destinazione", ...BLOCKS]],
    ["Spanish", ["Cliente||Dirección de entrega", ...BLOCKS]],
    ["Dutch", ["Factuuradres||Afleveradres", ...BLOCKS]],
    ["Polish", ["Nabywca||Adres dostawy", ...BLOCKS]],
    ["one label only", ["||Deliver to:", ...BLOCKS]],
    ["labels before names", ["Customer: Weserwerk AG", "Deliver to: Lager Nord GmbH"]],
  ])("knows who buys from who gets the goods: %s", (_language, rows) => {
    expect(exchanged(rows, { buyer: BUYER, ship_to: SHIP_TO })).toEqual([]);
    expect(exchanged(rows, { buyer: SHIP_TO, ship_to: BUYER })).not.toEqual([]);
  });

  it("knows two addresses of one company by their streets", () => {
    const rows = ["Bill To||Ship To", "Weserwerk AG||Weserwerk AG", ...BLOCKS.slice(1)];
    expect(exchanged(rows, { buyer: BUYER, ship_to: STORE })).toEqual([]);
    expect(exchanged(rows, { buyer: STORE, ship_to: BUYER })).toEqual(["/buyer/street", "/ship_to/street"]);
  });

  it.each([
    ["without labels", BLOCKS, { buyer: SHIP_TO, ship_to: BUYER }],
    ["under one label for both", ["Bill to / Ship to", "Weserwerk AG"], { buyer: BUYER, ship_to: BUYER }],
    ["where only one of them was read", ["Ship To", "Weserwerk AG"], { buyer: BUYER, ship_to: null }],
  ])("says nothing %s", (_what, rows, stated) => {
    expect(exchanged(rows, stated)).toEqual([]);
  });
});
