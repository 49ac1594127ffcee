import type { Facts, Party } from "@flowstate/contracts";
import { beside, type Row } from "./placed-rows.ts";

/** What the documents of `field-documents.ts` print, each as another country does. */

interface Deal {
  readonly vendor: NonNullable<Party>;
  readonly buyer: NonNullable<Party>;
}

export interface Layout extends Deal {
  readonly name: string;
  readonly type?: Facts["document_type"];
  readonly number: string;
  readonly due?: string | null;
  readonly references: Partial<Facts["references"]>;
  readonly rows: (deal: Deal) => readonly Row[];
  readonly foot?: (deal: Deal) => readonly Row[];
  /** Total without tax, tax, total; none where nothing is billed. */
  readonly words?: readonly [net: string, tax: string, total: string];
}

const DUE = "2026-12-09";

function party(
  name: string,
  [street, postal_code, city]: readonly [string, string, string],
  country: string,
  ...taxIds: readonly string[]
): NonNullable<Party> {
  const tax_ids = taxIds.map((value) => ({ scheme: "vat" as const, value }));
  return { name, street, postal_code, city, country, tax_ids };
}

function block(x: number, { name, street, postal_code, city }: NonNullable<Party>): readonly Row[] {
  return [[[x, name ?? ""]], [[x, street ?? ""]], [[x, `${postal_code} ${city}`]]];
}

/** Labels and values in two columns. */
function pairs(
  x: number,
  width: number,
  ...texts: readonly (readonly [label: string, value: string])[]
): readonly Row[] {
  return texts.map(([label, value]) => [
    [x, label],
    [x + width, value],
  ]);
}

function taxId({ tax_ids }: NonNullable<Party>): string {
  return tax_ids[0]?.value ?? "";
}

export const LAYOUTS: readonly Layout[] = [
  {
    name: "British, words before their values",
    vendor: party("Pennine Castings Ltd", ["8 Foundry Lane", "S9 2LY", "Sheffield"], "GB", "GB 416 2938 57"),
    buyer: party("Brabant Pumps BV", ["Kanaaldijk 31", "5613 LH", "Eindhoven"], "NL", "NL004495445B01"),
    number: "PC-118204",
    due: DUE,
    references: { purchase_order_numbers: ["4500871263"], delivery_note_number: "DN-55217" },
    rows: ({ vendor, buyer }) => [
      [[50, vendor.name ?? "", 15]],
      [[50, `${vendor.street}, ${vendor.city} ${vendor.postal_code}`]],
      [],
      ...beside(
        [[[50, "Invoice to:"]], ...block(50, buyer), [[50, `VAT no. ${taxId(buyer)}`]]],
        [
          [[330, "Invoice no.: PC-118204"]],
          [[330, "Invoice date: 9 November 2026"]],
          [[330, "Due date: 9 December 2026"]],
          [[330, "Your order no.: 4500871263 of 28 October 2026"]],
          [[330, "Delivery note: DN-55217, delivered 5 November 2026"]],
          [[330, "Customer account: 40871"]],
        ],
      ),
    ],
    foot: ({ vendor }) => [
      [[50, `${vendor.name} · Registered in England no. 04418823 · VAT reg. no. ${taxId(vendor)}`]],
    ],
    words: ["Net", "VAT", "Total due"],
  },
  {
    name: "German, a letter with an information block",
    vendor: party("Havelwerk Armaturen GmbH", ["Uferweg 19", "14770", "Brandenburg"], "DE", "DE811907543"),
    buyer: party("Tirol Wassertechnik AG", ["Innrain 52", "6020", "Innsbruck"], "AT", "ATU64512307"),
    number: "RE-2026-30177",
    due: DUE,
    references: { purchase_order_numbers: ["B-770125"], delivery_note_number: "LS26-04418" },
    rows: ({ vendor, buyer }) => [
      [[50, `${vendor.name} · ${vendor.street} · ${vendor.postal_code} ${vendor.city}`, 7]],
      ...beside(
        block(50, buyer),
        pairs(
          330,
          110,
          ["Rechnungs-Nr.", "RE-2026-30177"],
          ["Rechnungsdatum", "09.11.2026"],
          ["Kunden-Nr.", "10482"],
          ["Ihre Bestellung", "B-770125"],
          ["Bestelldatum", "28.10.2026"],
          ["Lieferschein-Nr.", "LS26-04418"],
          ["Lieferdatum", "05.11.2026"],
          ["Ihre USt-IdNr.", taxId(buyer)],
        ),
      ),
      [],
      [[50, "Rechnung", 14]],
    ],
    foot: ({ vendor }) => [
      [[50, "Zahlbar bis 19.11.2026 mit 2 % Skonto oder netto bis 09.12.2026."]],
      [[50, `${vendor.name} · Amtsgericht Potsdam HRB 88102 · USt-IdNr. ${taxId(vendor)}`]],
    ],
    words: ["Nettobetrag", "MwSt.", "Rechnungsbetrag"],
  },
  {
    name: "French, in sentences",
    vendor: party("Ateliers Morvan SAS", ["12 rue des Tanneurs", "58120", "Château-Chinon"], "FR", "FR40303265045"),
    buyer: party("Officine Lariana Srl", ["Via Borgovico 88", "22100", "Como"], "IT", "IT00743110157"),
    number: "F2026-1187",
    due: DUE,
    references: { purchase_order_numbers: ["OA-30512"], delivery_note_number: "BL-90077" },
    rows: ({ vendor, buyer }) => [
      ...beside(
        [...block(50, vendor), [[50, `TVA intracommunautaire ${taxId(vendor)}`]]],
        [[[330, "Facturé à"]], ...block(330, buyer), [[330, `N° TVA ${taxId(buyer)}`]]],
      ),
      [],
      [[50, "Facture n° F2026-1187 du 9 novembre 2026", 13]],
      [[50, "Votre commande n° OA-30512 du 28 octobre 2026"]],
      [[50, "Bon de livraison n° BL-90077 du 5 novembre 2026"]],
      [[50, "N° client : 40871"]],
      [[50, "À régler avant le 09/12/2026, escompte de 1 % jusqu'au 19/11/2026"]],
    ],
    words: ["Total HT", "TVA", "Total TTC"],
  },
  {
    name: "Italian, words above their values",
    vendor: party("Officine Lariana Srl", ["Via Borgovico 88", "22100", "Como"], "IT", "IT00743110157"),
    buyer: party("Vinos del Duero SL", ["Calle Mayor 7", "47001", "Valladolid"], "ES", "ESB47112233"),
    number: "2026/00418",
    due: DUE,
    references: { purchase_order_numbers: ["PED-7719"], delivery_note_number: "DDT-6604" },
    rows: ({ vendor, buyer }) => [
      ...beside(
        [[[50, "Fornitore"]], ...block(50, vendor), [[50, `Partita IVA ${taxId(vendor)}`]]],
        [[[330, "Cliente"]], ...block(330, buyer), [[330, `Partita IVA ${taxId(buyer)}`]]],
      ),
      [],
      [
        [50, "Fattura n."],
        [140, "Data fattura"],
        [230, "Scadenza"],
        [310, "Vs. ordine"],
        [390, "Data ordine"],
        [470, "Codice cliente"],
      ],
      [
        [50, "2026/00418"],
        [140, "09/11/2026"],
        [230, "09/12/2026"],
        [310, "PED-7719"],
        [390, "28/10/2026"],
        [470, "40871"],
      ],
      [
        [50, "Documento di trasporto"],
        [230, "Data consegna"],
      ],
      [
        [50, "DDT-6604"],
        [230, "05/11/2026"],
      ],
    ],
    words: ["Imponibile", "IVA", "Totale"],
  },
  {
    name: "Spanish, words with colons in a column",
    vendor: party("Vinos del Duero SL", ["Calle Mayor 7", "47001", "Valladolid"], "ES", "ESB47112233"),
    buyer: party("Ateliers Morvan SAS", ["12 rue des Tanneurs", "58120", "Château-Chinon"], "FR", "FR40303265045"),
    number: "FV-26/0933",
    due: DUE,
    references: { purchase_order_numbers: ["CMD-5518"], delivery_note_number: "ALB-20417" },
    rows: ({ vendor, buyer }) => [
      [[50, "FACTURA", 14]],
      ...pairs(
        50,
        130,
        ["Nº de factura:", "FV-26/0933"],
        ["Fecha de factura:", "09-11-2026"],
        ["Fecha de vencimiento:", "09-12-2026"],
        ["Su pedido:", "CMD-5518"],
        ["Fecha de entrega:", "05-11-2026"],
        ["Albarán:", "ALB-20417"],
        ["Nº de cliente:", "40871"],
      ),
      [],
      ...beside(
        [[[50, "Proveedor"]], ...block(50, vendor), [[50, `NIF ${taxId(vendor)}`]]],
        [[[330, "Cliente"]], ...block(330, buyer), [[330, `NIF ${taxId(buyer)}`]]],
      ),
    ],
    words: ["Base imponible", "IVA", "Total"],
  },
  {
    name: "Dutch, words without colons",
    vendor: party("Brabant Pumps BV", ["Kanaaldijk 31", "5613 LH", "Eindhoven"], "NL", "NL004495445B01"),
    buyer: party("Pennine Castings Ltd", ["8 Foundry Lane", "S9 2LY", "Sheffield"], "GB", "GB416293857"),
    number: "20260418",
    due: DUE,
    references: { purchase_order_numbers: ["PO-99127"], delivery_note_number: "70441" },
    rows: ({ vendor, buyer }) => [
      ...beside(
        [[[50, "Factuuradres"]], ...block(50, buyer), [[50, `Btw-nummer klant ${taxId(buyer)}`]]],
        [...block(330, vendor), [[330, `Ons btw-nummer ${taxId(vendor)}`]]],
      ),
      [],
      ...pairs(
        50,
        120,
        ["Factuurnummer", "20260418"],
        ["Factuurdatum", "9 november 2026"],
        ["Vervaldatum", "9 december 2026"],
        ["Uw bestelnummer", "PO-99127"],
        ["Leverdatum", "5 november 2026"],
        ["Pakbonnummer", "70441"],
        ["Klantnummer", "40871"],
      ),
    ],
    words: ["Subtotaal", "BTW", "Totaal"],
  },
  {
    name: "Polish, seller and buyer in columns",
    vendor: party("Odra Logistyka Sp. z o.o.", ["ul. Portowa 14", "70-001", "Szczecin"], "PL", "PL8510203040"),
    buyer: party("Havelwerk Armaturen GmbH", ["Uferweg 19", "14770", "Brandenburg"], "DE", "DE811907543"),
    number: "FV/2026/118",
    due: DUE,
    references: { purchase_order_numbers: ["ZAM-4402"], delivery_note_number: "WZ-7781" },
    rows: ({ vendor, buyer }) => [
      [[50, "Faktura VAT nr FV/2026/118", 13]],
      [
        [50, "Data wystawienia: 2026-11-09"],
        [300, "Data sprzedazy: 2026-11-05"],
      ],
      [
        [50, "Termin platnosci: 2026-12-09"],
        [300, "Zamówienie nr ZAM-4402 z dnia 2026-10-28"],
      ],
      [[50, "Dokument WZ: WZ-7781"]],
      [],
      ...beside(
        [[[50, "Sprzedawca"]], ...block(50, vendor), [[50, `NIP: ${taxId(vendor)}`]]],
        [[[300, "Nabywca"]], ...block(300, buyer), [[300, `NIP: ${taxId(buyer)}`]]],
      ),
    ],
    words: ["Netto", "VAT", "Razem"],
  },
  {
    name: "an order with a contract",
    type: "purchase_order",
    vendor: party("Havelwerk Armaturen GmbH", ["Uferweg 19", "14770", "Brandenburg"], "DE"),
    buyer: party("Brabant Pumps BV", ["Kanaaldijk 31", "5613 LH", "Eindhoven"], "NL", "NL004495445B01"),
    number: "PO-99127",
    references: { purchase_order_numbers: ["PO-99127"], contract_number: "FA-2025-014" },
    rows: ({ vendor, buyer }) => [
      [[50, buyer.name ?? "", 15]],
      [[50, `${buyer.street}, ${buyer.postal_code} ${buyer.city}, our VAT no. ${taxId(buyer)}`]],
      [],
      ...beside(
        [[[50, "Supplier"]], ...block(50, vendor)],
        pairs(
          330,
          110,
          ["Purchase order", "PO-99127"],
          ["Order date", "9 November 2026"],
          ["Delivery date", "5 January 2027"],
          ["Framework contract", "FA-2025-014"],
          ["Supplier no.", "70031"],
        ),
      ),
    ],
    words: ["Net", "VAT", "Total"],
  },
  {
    name: "a bill of lading",
    type: "bill_of_lading",
    vendor: party("Odra Logistyka Sp. z o.o.", ["ul. Portowa 14", "70-001", "Szczecin"], "PL"),
    buyer: party("Pennine Castings Ltd", ["8 Foundry Lane", "S9 2LY", "Sheffield"], "GB"),
    number: "SZZGB2611042",
    references: {
      shipment_number: "BKG-881204",
      container_numbers: ["CSQU3054383", "MSCU 639871-0"],
      seal_numbers: ["PL-550182"],
      vessel: "MV Baltic Heron",
      voyage: "046W",
      port_of_loading: "Szczecin",
      port_of_discharge: "Hull",
      incoterm: "CFR",
      incoterm_place: "Hull",
    },
    rows: ({ vendor, buyer }) => [
      [
        [50, "Bill of Lading", 14],
        [330, "B/L No. SZZGB2611042"],
      ],
      ...beside([[[50, "Shipper"]], ...block(50, vendor)], [[[330, "Sold to"]], ...block(330, buyer)]),
      [],
      [
        [50, "Booking No."],
        [150, "Vessel"],
        [260, "Voyage"],
        [330, "Port of loading"],
        [430, "Port of discharge"],
      ],
      [
        [50, "BKG-881204"],
        [150, "MV Baltic Heron"],
        [260, "046W"],
        [330, "Szczecin"],
        [430, "Hull"],
      ],
      [
        [50, "Container CSQU 305438-3"],
        [250, "Seal PL-550182"],
      ],
      [
        [50, "Container MSCU 639871-0"],
        [250, "CFR Hull"],
      ],
      [
        [50, "Place and date of issue: Szczecin, 9 November 2026"],
        [330, "Shipped on board 10 November 2026"],
      ],
    ],
  },
];
