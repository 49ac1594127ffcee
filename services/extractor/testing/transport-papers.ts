import { kg, table } from "./goods-layout.ts";
import { address, type PaperLayout, partyIn } from "./paper-layout.ts";
import { beside } from "./placed-rows.ts";

const MILL = partyIn("PL", "Odra Logistyka Sp. z o.o.", "ul. Portowa 14", "70-001", "Szczecin");
const FOUNDRY = partyIn("GB", "Pennine Castings Ltd", "8 Foundry Lane", "S9 2LY", "Sheffield");
const VALVES = partyIn("DE", "Havelwerk Armaturen GmbH", "Uferweg 19", "14770", "Brandenburg");
const PUMPS = partyIn("NL", "Brabant Pumps BV", "Kanaaldijk 31", "5613 LH", "Eindhoven");
const TRADER = partyIn("SG", "Straits Valve Trading Pte Ltd", "7 Tuas View Lane", "637570", "Singapore");
const HAULIER = partyIn("AT", "Alpenland Transporte GmbH", "Speditionsring 4", "4600", "Wels");
const FORWARDER = partyIn("DE", "Nordkai Freight Forwarding GmbH", "Am Sandtorkai 41", "20457", "Hamburg");
const LINE = partyIn("DK", "Nordatlas Container Line A/S", "Esplanaden 50", "1098", "Kobenhavn");
const AIRLINE = partyIn("DE", "Hansa Luftfracht AG", "Cargo City Sued 503", "60549", "Frankfurt");

/** Bills of lading, waybills and lists of what is in containers. */
export const TRANSPORT_PAPERS: readonly PaperLayout[] = [
  {
    name: "bill of lading with shipper, consignee, notify party and carrier",
    type: "bill_of_lading",
    number: "NACU2611408",
    vendor: MILL,
    buyer: FOUNDRY,
    carrier: LINE,
    references: {
      container_numbers: ["CSQU3054383"],
      seal_numbers: ["PL550182"],
      vessel: "MV Baltic Heron",
      voyage: "046W",
      port_of_loading: "Gdynia",
      port_of_discharge: "Felixstowe",
    },
    totals: { packages: "20", gross_weight: kg("11300") },
    rows: [
      [
        [50, "BILL OF LADING", 14],
        [330, "B/L No. NACU2611408"],
      ],
      ...beside(address(50, "Shipper", MILL, "POLAND"), address(330, "Carrier", LINE, "DENMARK")),
      [],
      ...beside(
        address(50, "Consignee", FOUNDRY, "UNITED KINGDOM"),
        address(330, "Notify party", partyIn("GB", "Humber Clearing Ltd", "14 Dock Road", "HU1 3DZ", "Hull")),
      ),
      [],
      [
        [50, "Vessel: MV Baltic Heron"],
        [330, "Voyage: 046W"],
      ],
      [
        [50, "Port of loading: Gdynia"],
        [330, "Port of discharge: Felixstowe"],
      ],
      [],
      ...table(
        [50, 150, 240, -380, -480],
        ["Container No.", "Seal No.", "Description", "Packages", "Gross weight kg"],
        ["CSQU3054383", "PL550182", "Cast iron valves", "20", "11 300"],
      ),
      [],
      [[50, "Date of issue: 9 November 2026"]],
    ],
  },
  {
    name: "CMR consignment note in two languages",
    type: "bill_of_lading",
    number: "AT-884120",
    vendor: VALVES,
    ship_to: PUMPS,
    carrier: HAULIER,
    totals: { packages: "12", gross_weight: kg("4180") },
    rows: [
      [
        [50, "Internationaler Frachtbrief CMR", 13],
        [330, "Nr. AT-884120"],
      ],
      ...beside(
        address(50, "1 Absender / Sender (Name, Anschrift, Land)", VALVES, "Deutschland"),
        address(330, "16 Frachtführer / Carrier (Name, Anschrift, Land)", HAULIER, "Österreich"),
      ),
      [],
      ...address(50, "2 Empfänger / Consignee (Name, Anschrift, Land)", PUMPS, "Niederlande"),
      [],
      ...table(
        [50, 170, 300, -430],
        ["6 Kennzeichen", "7 Anzahl Packstücke", "9 Bezeichnung", "11 Bruttogewicht kg"],
        ["HW 1-12", "12", "Armaturen", "4.180"],
      ),
      [],
      [[50, "21 Ausgefertigt in Brandenburg am 09.11.2026"]],
    ],
  },
  {
    name: "air waybill",
    type: "bill_of_lading",
    number: "020-55418832",
    vendor: VALVES,
    buyer: TRADER,
    carrier: AIRLINE,
    totals: { packages: "3", gross_weight: kg("86.5") },
    rows: [
      [
        [50, "Air Waybill", 14],
        [330, "AWB No. 020-55418832"],
      ],
      ...beside(
        address(50, "Shipper's Name and Address", VALVES, "Germany"),
        address(330, "Issued by", AIRLINE, "Germany"),
      ),
      [],
      ...beside(address(50, "Consignee's Name and Address", TRADER, "SINGAPORE"), [
        [[330, "Issuing Carrier's Agent Name and City"]],
        [[330, "Nordkai Freight Forwarding GmbH, Hamburg"]],
      ]),
      [],
      [[50, "Executed on 9 Nov 2026 at Frankfurt"]],
      ...table(
        [50, 150, 300],
        ["No. of pieces", "Gross weight kg", "Nature of goods"],
        ["3", "86.5", "Gate valves, brass"],
      ),
    ],
  },
  {
    name: "sea waybill whose carrier is the letterhead",
    type: "bill_of_lading",
    number: "SWB-2604-118",
    vendor: VALVES,
    buyer: TRADER,
    carrier: LINE,
    totals: { packages: "24", gross_weight: kg("8440") },
    rows: [
      [[50, "Nordatlas Container Line A/S", 15]],
      [[50, "Esplanaden 50, DK-1098 Kobenhavn"]],
      [],
      [
        [50, "Sea Waybill SWB-2604-118", 13],
        [330, "Issued 9 November 2026"],
      ],
      ...beside(
        address(50, "Shipper (complete name and address)", { ...VALVES, postal_code: "D-14770" }),
        address(330, "Consignee (complete name and address)", TRADER, "Republic of Singapore"),
      ),
      [],
      [[50, "24 packages, gross weight 8,440 kg, gate valves"]],
      [],
      [[50, "Signed for the carrier: Nordatlas Container Line A/S"]],
    ],
  },
  {
    name: "list of the goods in several containers",
    type: "packing_list",
    number: "PL-2611-77",
    vendor: MILL,
    buyer: FOUNDRY,
    carrier: LINE,
    references: { container_numbers: ["CSQU3054383", "MSCU6398710"] },
    lines: [
      {
        seller_item_number: "KF-050",
        description: "Cast iron flange DN 50",
        quantity: "480",
        hs_code: "7307 11 10",
        origin_country: "PL",
        gross_weight: kg("5200"),
      },
      {
        seller_item_number: "KV-080",
        description: "Cast iron valve DN 80",
        quantity: "120",
        hs_code: "8481 80 63",
        origin_country: "UA",
        gross_weight: kg("6100"),
      },
      {
        seller_item_number: "KV-100",
        description: "Cast iron valve DN 100",
        quantity: "96",
        hs_code: "8481 80 69",
        origin_country: "PL",
        gross_weight: kg("10180"),
      },
    ],
    totals: { gross_weight: kg("21480") },
    rows: [
      ...address(50, "Exporter", MILL, "Poland"),
      [],
      [
        [50, "Packing list PL-2611-77", 13],
        [330, "Date: 9 November 2026"],
      ],
      ...beside(address(50, "Customer", FOUNDRY, "UK"), [
        [[330, "Shipping line: Nordatlas Container Line A/S"]],
        [[330, "Esplanaden 50, DK-1098 Kobenhavn"]],
      ]),
      [],
      [[50, "Container CSQU3054383"]],
      ...table(
        [50, 105, 260, 320, -430, -540],
        ["Part no.", "Description", "HS code", "Origin", "Quantity", "Gross weight kg"],
        ["KF-050", "Cast iron flange DN 50", "73071110", "PL", "480", "5,200"],
        ["KV-080", "Cast iron valve DN 80", "84818063", "Ukraine", "120", "6,100"],
      ),
      [[50, "Container MSCU6398710"]],
      ...table(
        [50, 105, 260, 320, -430, -540],
        ["KV-100", "Cast iron valve DN 100", "84818069", "PL", "96", "10,180"],
        ["", "Total", "", "", "", "21,480"],
      ),
    ],
  },
  {
    name: "bill for freight, with shipper, consignee and carrier",
    type: "invoice",
    number: "FR-26-30881",
    vendor: FORWARDER,
    buyer: VALVES,
    carrier: LINE,
    currency: "EUR",
    lines: [
      { description: "Ocean freight Hamburg - Singapore", quantity: "1", amount: "1840.00" },
      { description: "Terminal handling", quantity: "1", amount: "245.00" },
    ],
    totals: { net: "2085.00", tax: "0.00", gross: "2085.00", packages: "24", gross_weight: kg("8440") },
    rows: [
      [[50, "Nordkai Freight Forwarding GmbH", 15]],
      [[50, "Am Sandtorkai 41, 20457 Hamburg, Germany"]],
      [],
      ...address(50, "", VALVES, "Germany"),
      [],
      [
        [50, "Invoice FR-26-30881", 13],
        [330, "Invoice date: 9 November 2026"],
      ],
      [],
      ...beside(address(50, "Shipper", VALVES), address(330, "Consignee", TRADER, "Singapore")),
      [],
      ...beside(address(50, "Carrier", LINE, "Denmark"), [
        [[330, "Packages: 24"]],
        [[330, "Gross weight: 8,440 kg"]],
        [[330, "Currency: EUR"]],
      ]),
      [],
      ...table(
        [50, -380, -480],
        ["Description", "Quantity", "Amount"],
        ["Ocean freight Hamburg - Singapore", "1", "1,840.00"],
        ["Terminal handling", "1", "245.00"],
        ["Net", "", "2,085.00"],
        ["VAT 0 %", "", "0.00"],
        ["Total", "", "2,085.00"],
      ),
    ],
  },
];
