import type { Facts, Party } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { misplacedDetails } from "./misplaced-details.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `faults.test.ts`.

function party(name: string, street: string, postal_code: string, city: string, taxId: string): NonNullable<Party> {
  return { name, street, postal_code, city, country: null, tax_ids: [{ scheme: "vat", value: taxId }] };
}

const VENDOR = party("Lindholm & Krogh A/S", "Havnegade 12", "5000", "Odense", "DK12345678");
const BUYER = party("Weserwerk AG", "Hafenrandstr. 7", "28217", "Bremen", "DE129876543");

function misplaced(rows: readonly string[], stated: Partial<Facts> = {}): readonly string[] {
  return misplacedDetails(factsWith({ vendor: VENDOR, buyer: BUYER, ...stated }), printedPages(rows).pages);
}

/** The vendor's tax number given to the buyer. */
const GIVEN = { vendor: { ...VENDOR, tax_ids: [] }, buyer: { ...BUYER, tax_ids: VENDOR.tax_ids } };

const LABELLED = [
  "Seller||Bill To:",
  "Lindholm & Krogh A/S||Weserwerk AG",
  "Havnegade 12||Hafenrandstr. 7",
  "DK 5000 Odense||DE 28217 Bremen",
  "VAT DK12345678||VAT DE129876543",
];

describe("misplacedDetails", () => {
  it.each([
    ["the labels of their blocks", LABELLED],
    ["the names over them", ["Lindholm & Krogh A/S", "VAT DK12345678", "", "", "Weserwerk AG"]],
    ["words for whose they are", ["Our VAT no. DK12345678", "Your VAT no. DE129876543"]],
    ["words in German", ["Unsere USt-IdNr.|DK12345678", "USt-IdNr. des Kunden:|DE129876543"]],
    ["the foot of the paper", ["Weserwerk AG", ...Array(9).fill("…"), "VAT no. DK12345678|IBAN DK50"]],
  ])("knows whose a tax number is by %s", (_what, rows) => {
    expect(misplaced(rows)).toEqual([]);
    expect(misplaced(rows, GIVEN)).toEqual(["/buyer/tax_ids/0/value"]);
  });

  it("knows whose an address is", () => {
    const { street, postal_code, city } = BUYER;
    expect(misplaced(LABELLED, { vendor: { ...VENDOR, street, postal_code, city } })).toEqual([
      "/vendor/street",
      "/vendor/postal_code",
      "/vendor/city",
    ]);
  });

  it("goes by whose paper it is: an order's is the buyer's", () => {
    const rows = ["Weserwerk AG", ...Array(9).fill("…"), "VAT no. DE129876543|IBAN DE89"];
    const swapped = { vendor: { ...VENDOR, tax_ids: BUYER.tax_ids }, buyer: { ...BUYER, tax_ids: [] } };
    expect(misplaced(rows, { document_type: "purchase_order" })).toEqual([]);
    expect(misplaced(rows, { document_type: "purchase_order", ...swapped })).toEqual(["/vendor/tax_ids/0/value"]);
    expect(misplaced(rows, { document_type: "packing_list", ...swapped })).toEqual([]);
  });

  it.each([
    [
      "stands below the other's block, behind a blank line",
      ["Bill To:", "Weserwerk AG", "Bremen", "", "VAT DK12345678"],
    ],
    [
      "stands below the other's block and the document's number",
      ["Bill To:", "Weserwerk AG", "Invoice no. 4711", "VAT DK12345678"],
    ],
    ["is printed with both", ["Seller||Buyer", "VAT DK12345678||VAT DK12345678"]],
    ["is printed once more without a block", [...LABELLED.slice(0, 4), "||VAT DK12345678", "", "", "DK12345678"]],
    ["stands with somebody else", ["Tax representative", "DK12345678"]],
    ["stands with a person to ask", ["Seller", "Contact: A. Krogh", "VAT DK12345678"]],
  ])("leaves a tax number alone that %s", (_how, rows) => {
    expect(misplaced(rows)).toEqual([]);
  });
});
