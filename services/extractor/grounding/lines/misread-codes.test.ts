import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { misreadCodes } from "./misread-codes.ts";
import { toldCodes } from "./told-codes.ts";
import { toldOrigins } from "./told-origins.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `paper-faults.test.ts`.

const OWN = { seller_item_number: "GV-20-PN16", buyer_item_number: "KD-771-220" };
const EXCHANGED = { seller_item_number: OWN.buyer_item_number, buyer_item_number: OWN.seller_item_number };

function misread(
  rows: readonly string[],
  line: Partial<Line>,
  document_type: Facts["document_type"] = "delivery_note",
): readonly string[] {
  const facts = factsWith({ document_type, lines: [lineWith(line)] });
  return misreadCodes(facts, toldCodes(facts, printedPages(rows).pages)).map((path) => path.replace("/lines/0/", ""));
}

describe("misreadCodes", () => {
  it.each([
    ["headings", ["Artikel-Nr.|Ihre Art.-Nr.|Menge", "GV-20-PN16|KD-771-220|40"]],
    ["headings in two rows", ["Our|Your|", "item no.|item no.|Qty", "GV-20-PN16|KD-771-220|40"]],
    ["a label below", ["Artikel-Nr.|Bezeichnung|Menge", "GV-20-PN16|Valve|40", "|Ihre Art.-Nr.: KD-771-220|"]],
    ["labels one behind another", ["Our part no. GV-20-PN16, your part no. KD-771-220"]],
    ["labels beside", ["Our part no.:|GV-20-PN16", "Customer part no.:|KD-771-220"]],
  ])("tells the seller's number of an item from the buyer's by %s", (_what, rows) => {
    expect(misread(rows, OWN)).toEqual([]);
    expect(misread(rows, EXCHANGED)).not.toEqual([]);
  });

  it("takes what stands over the headings, and says something itself, for no part of them", () => {
    const rows = [
      "Spediteur: Nordkai",
      "Material|Bezeichnung|Menge",
      "GV-20-PN16|Valve|40",
      "|Ihre Art.-Nr.: KD-771-220",
    ];
    expect(misread(rows, OWN)).toEqual([]);
    expect(misread(rows, EXCHANGED)).not.toEqual([]);
  });

  it("goes by whose paper it is", () => {
    const rows = ["Our item|Your item|Qty", "KD-771-220|GV-20-PN16|40"];
    expect(misread(rows, OWN, "purchase_order")).toEqual([]);
    expect(misread(rows, EXCHANGED, "purchase_order")).toEqual(["seller_item_number", "buyer_item_number"]);
    expect(misread(rows, EXCHANGED, "order_confirmation")).toEqual([]);
  });

  it("tells codes of other kinds, whatever marks they are printed with", () => {
    const rows = [
      "Item no.|Bar code / EAN-13|HS code (customs tariff)|Batch no.|Qty",
      "PC-118|4006381333931|8413.91.00|H24117|64",
    ];
    const own = { seller_item_number: "PC-118", gtin: "4006381333931", hs_code: "84139100", batch: "H24117" };
    expect(misread(rows, own)).toEqual([]);
    expect(misread(rows, { hs_code: "4006381333931", gtin: "84139100" })).toEqual(["gtin", "hs_code"]);
    expect(misread(rows, { batch: "PC-118", seller_item_number: "H24117" })).toEqual(["seller_item_number", "batch"]);
  });

  it.each([
    ["of a number under no heading", ["GV-20-PN16|KD-771-220|40"]],
    ["under a heading for any number of an item", ["Artikel-Nr.|Bezeichnung|Menge", "KD-771-220|Valve|40"]],
    ["under one heading for both", ["Art.-Nr. / Ihre Art.-Nr.|Menge", "KD-771-220|40", "GV-20-PN16|"]],
    ["of a number that stands elsewhere without words, too", ["Your item|Qty", "GV-20-PN16|40", "", "GV-20-PN16"]],
    ["by what the customer is called", ["Customer code: 4711", "Part no.|Description|Qty", "KD-771-220|Valve|40"]],
  ])("says nothing %s", (_what, rows) => {
    expect(misread(rows, EXCHANGED)).toEqual([]);
  });
});

describe("toldOrigins", () => {
  it.each([
    ["a heading", ["Item|Origin|Qty", "PC-118|Türkiye|64"], ["TR"]],
    ["a label", ["PC-118, Ursprung: DE"], ["DE"]],
    ["words", ["Made in Germany"], ["DE"]],
    ["nothing", ["PC-118|DE|64", "28217 Bremen, Germany"], []],
  ] as const)("says where a line is from by %s", (_what, rows, countries) => {
    const facts = factsWith({ document_type: "delivery_note" });
    const [origins] = toldOrigins(toldCodes(facts, printedPages(rows).pages), [undefined]);
    expect([...(origins ?? [])]).toEqual(countries);
  });

  it("takes the line's own rows before what is said of all", () => {
    const facts = factsWith({ document_type: "delivery_note" });
    const told = toldCodes(facts, printedPages(["Origin: Germany", "PC-118|64", "Origin: Italy", "PC-204|12"]).pages);
    const origins = toldOrigins(told, [
      { from: 1, to: 2 },
      { from: 3, to: 3 },
    ]);
    expect(origins.map((each) => [...each])).toEqual([["IT"], ["DE"]]);
  });
});
