import { table } from "./goods-layout.ts";
import { address, type PaperLayout, partyIn } from "./paper-layout.ts";
import { beside } from "./placed-rows.ts";

const VALVES = partyIn("DE", "Havelwerk Armaturen GmbH", "Uferweg 19", "14770", "Brandenburg");
const TIROL = partyIn("AT", "Tirol Wassertechnik AG", "Innrain 52", "6020", "Innsbruck");
const STORE = partyIn("AT", "Lager Wattens", "Industriezone 9", "6112", "Wattens");
const CASTINGS = partyIn("GB", "Pennine Castings Ltd", "8 Foundry Lane", "S9 2LY", "Sheffield");
const PUMPS = partyIn("NL", "Brabant Pumps BV", "Kanaaldijk 31", "5613 LH", "Eindhoven");
const HAULIER = partyIn("DE", "Nordkai Spedition GmbH", "Am Sandtorkai 41", "20457", "Hamburg");

/** Delivery notes, packing lists and orders whose lines have several codes. */
export const CODED_PAPERS: readonly PaperLayout[] = [
  {
    name: "German delivery note with both item numbers, and a forwarder",
    type: "delivery_note",
    number: "LS26-04418",
    vendor: VALVES,
    buyer: TIROL,
    ship_to: STORE,
    carrier: HAULIER,
    lines: [
      { seller_item_number: "GV-20-PN16", buyer_item_number: "771-220", description: "Schieber DN 20", quantity: "40" },
      { seller_item_number: "FL-50-C22", buyer_item_number: "771-250", description: "Flansch DN 50", quantity: "16" },
    ],
    rows: [
      [[50, "Havelwerk Armaturen GmbH", 15]],
      [[50, "Uferweg 19 · D-14770 Brandenburg"]],
      [],
      ...beside(
        address(50, "Rechnungsadresse", TIROL, "Österreich"),
        address(330, "Lieferadresse", STORE, "Österreich"),
      ),
      [],
      [
        [50, "Lieferschein LS26-04418", 13],
        [330, "Datum: 09.11.2026"],
      ],
      ...address(330, "Spediteur", HAULIER, "Deutschland"),
      [],
      ...table(
        [50, 90, 170, 260, -470],
        ["Pos.", "Artikel-Nr.", "Ihre Art.-Nr.", "Bezeichnung", "Menge"],
        ["1", "GV-20-PN16", "771-220", "Schieber DN 20", "40"],
        ["2", "FL-50-C22", "771-250", "Flansch DN 50", "16"],
      ),
    ],
  },
  {
    name: "German delivery note, codes below the description",
    type: "delivery_note",
    number: "LS26-04419",
    vendor: VALVES,
    buyer: TIROL,
    lines: [
      {
        seller_item_number: "GV-20-PN16",
        buyer_item_number: "771-220",
        gtin: "4006381333931",
        hs_code: "84818063",
        batch: "B26-1107",
        origin_country: "DE",
        description: "Schieber DN 20",
        quantity: "40",
      },
      {
        seller_item_number: "FL-50-C22",
        buyer_item_number: "771-250",
        gtin: "4012345678901",
        hs_code: "73079100",
        batch: "B26-0988",
        origin_country: "CZ",
        description: "Flansch DN 50",
        quantity: "16",
      },
    ],
    rows: [
      [[50, "Havelwerk Armaturen GmbH", 15]],
      [[50, "Uferweg 19, 14770 Brandenburg, Deutschland"]],
      [],
      ...address(50, "Kunde", TIROL, "AUSTRIA"),
      [],
      [
        [50, "Lieferschein LS26-04419", 13],
        [330, "Datum: 09.11.2026"],
      ],
      [],
      ...table(
        [50, 90, 170, -470],
        ["Pos.", "Artikel", "Bezeichnung", "Menge"],
        ["1", "GV-20-PN16", "Schieber DN 20", "40"],
        ["", "", "Ihre Art.-Nr.: 771-220, Charge: B26-1107", ""],
        ["", "", "EAN 4006381333931, Zolltarifnr. 8481 80 63, Ursprung: DE", ""],
        ["2", "FL-50-C22", "Flansch DN 50", "16"],
        ["", "", "Ihre Art.-Nr.: 771-250, Charge: B26-0988", ""],
        ["", "", "EAN 4012345678901, Zolltarifnr. 7307 91 00, Ursprung: CZ", ""],
      ),
    ],
  },
  {
    name: "English order confirmation, our item and your item",
    type: "order_confirmation",
    number: "OC-55217",
    vendor: CASTINGS,
    buyer: PUMPS,
    references: { purchase_order_numbers: ["4500871263"] },
    currency: "GBP",
    lines: [
      {
        seller_item_number: "PC-118",
        buyer_item_number: "40-7781",
        description: "Impeller, bronze",
        quantity: "64",
        unit_price: "18.40",
      },
      {
        seller_item_number: "PC-204",
        buyer_item_number: "40-7790",
        description: "Volute casing",
        quantity: "12",
        unit_price: "96.00",
      },
    ],
    rows: [
      [[50, "Pennine Castings Ltd", 15]],
      [[50, "8 Foundry Lane, Sheffield S9 2LY, United Kingdom"]],
      [],
      ...address(50, "Customer", PUMPS, "The Netherlands"),
      [],
      [
        [50, "Order confirmation OC-55217", 13],
        [330, "Date: 9 November 2026"],
      ],
      [
        [50, "Your order no.: 4500871263"],
        [330, "Our reference: OC-55217"],
      ],
      [[330, "Prices in GBP"]],
      ...table(
        [50, 80, 150, 230, -400, -480],
        ["Line", "Our item", "Your item", "Description", "Quantity", "Unit price"],
        ["1", "PC-118", "40-7781", "Impeller, bronze", "64", "18.40"],
        ["2", "PC-204", "40-7790", "Volute casing", "12", "96.00"],
      ),
    ],
  },
  {
    name: "English packing list with batches, tariff codes and origin",
    type: "packing_list",
    number: "PL-55218",
    vendor: CASTINGS,
    buyer: PUMPS,
    lines: [
      {
        seller_item_number: "PC-118",
        batch: "H24117",
        hs_code: "84139100",
        origin_country: "GB",
        description: "Impeller, bronze",
        quantity: "64",
      },
      {
        seller_item_number: "PC-204",
        batch: "H24121",
        hs_code: "73259910",
        origin_country: "IN",
        description: "Volute casing",
        quantity: "12",
      },
      {
        seller_item_number: "PC-311",
        batch: "H24093",
        hs_code: "84099900",
        origin_country: "TR",
        description: "Bearing cap",
        quantity: "30",
      },
    ],
    rows: [
      ...address(50, "Shipper", CASTINGS, "England"),
      [],
      ...address(50, "Ship to", PUMPS, "Netherlands"),
      [],
      [
        [50, "Packing list PL-55218", 13],
        [330, "Date: 9 November 2026"],
      ],
      [],
      ...table(
        [50, 105, 165, 230, 330, -500],
        ["Item no.", "Batch no.", "HS code", "Country of origin", "Description", "Qty"],
        ["PC-118", "H24117", "8413.91.00", "United Kingdom", "Impeller, bronze", "64"],
        ["PC-204", "H24121", "7325.99.10", "India", "Volute casing", "12"],
        ["PC-311", "H24093", "8409.99.00", "Türkiye", "Bearing cap", "30"],
      ),
    ],
  },
  {
    name: "English order, supplier's part no. beside the own",
    type: "purchase_order",
    number: "4500871263",
    vendor: CASTINGS,
    buyer: PUMPS,
    currency: "GBP",
    lines: [
      {
        seller_item_number: "PC-118",
        buyer_item_number: "40-7781",
        description: "Impeller, bronze",
        quantity: "64",
        unit_price: "18.40",
      },
      {
        seller_item_number: "PC-204",
        buyer_item_number: "40-7790",
        description: "Volute casing",
        quantity: "12",
        unit_price: "96.00",
      },
    ],
    rows: [
      [[50, "Brabant Pumps BV", 15]],
      [[50, "Kanaaldijk 31, NL-5613 LH Eindhoven"]],
      [],
      ...address(50, "Supplier", CASTINGS, "Great Britain"),
      [],
      [
        [50, "Purchase Order 4500871263", 13],
        [330, "Order date: 9 November 2026"],
      ],
      [
        [50, "Supplier code: 20117"],
        [330, "Currency: GBP"],
      ],
      ...table(
        [50, 80, 150, 240, -400, -480],
        ["Line", "Material", "Supplier part no.", "Description", "Quantity", "Unit price"],
        ["1", "40-7781", "PC-118", "Impeller, bronze", "64", "18.40"],
        ["2", "40-7790", "PC-204", "Volute casing", "12", "96.00"],
      ),
    ],
  },
  {
    name: "delivery note that does not say whose its item numbers are, or where anybody is",
    type: "delivery_note",
    number: "LS26-04420",
    vendor: VALVES,
    buyer: { ...TIROL, country: "AT" },
    lines: [
      { seller_item_number: "GV-20-PN16", description: "Schieber DN 20", quantity: "40", origin_country: "DE" },
      { seller_item_number: "FL-50-C22", description: "Flansch DN 50", quantity: "16", origin_country: "DE" },
    ],
    untold: ["a code of a line taken for another", "the origin of a line replaced", "the country of a party replaced"],
    rows: [
      [[50, "Havelwerk Armaturen GmbH", 15]],
      [[50, "Uferweg 19, 14770 Brandenburg"]],
      [],
      ...address(50, "Kunde", TIROL),
      [],
      [
        [50, "Lieferschein LS26-04420", 13],
        [330, "Datum: 09.11.2026"],
      ],
      [],
      ...table(
        [50, 90, 210, -470],
        ["Pos.", "Artikel", "Bezeichnung", "Menge"],
        ["1", "GV-20-PN16", "Schieber DN 20", "40"],
        ["2", "FL-50-C22", "Flansch DN 50", "16"],
      ),
    ],
  },
];
