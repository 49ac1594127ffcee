import { table } from "./goods-layout.ts";
import { address, type PaperLayout, partyIn } from "./paper-layout.ts";
import { beside } from "./placed-rows.ts";

const VALVES = partyIn("DE", "Havelwerk Armaturen GmbH", "Uferweg 19", "14770", "Brandenburg");
const CASTINGS = partyIn("GB", "Pennine Castings Ltd", "8 Foundry Lane", "S9 2LY", "Sheffield");
const PUMPS = partyIn("NL", "Brabant Pumps BV", "Kanaaldijk 31", "5613 LH", "Eindhoven");
const MORVAN = partyIn("FR", "Ateliers Morvan SAS", "12 rue des Tanneurs", "58120", "Château-Chinon");
const LARIANA = partyIn("IT", "Officine Lariana Srl", "Via Borgovico 88", "22100", "Como");
const DUERO = partyIn("ES", "Vinos del Duero SL", "Calle Mayor 7", "47001", "Valladolid");
const ODRA = partyIn("PL", "Odra Logistyka Sp. z o.o.", "ul. Portowa 14", "70-001", "Szczecin");
const ROUTIER = partyIn("FR", "Transports Dupuy SARL", "3 avenue du Fret", "21000", "Dijon");
const CORRIERE = partyIn("IT", "Autotrasporti Lario Srl", "Via Emilia 210", "20097", "San Donato");

/** Delivery notes whose lines have several codes, as the neighbours of Germany print them. */
export const CONTINENTAL_PAPERS: readonly PaperLayout[] = [
  {
    name: "French delivery note with a haulier and customer references",
    type: "delivery_note",
    number: "BL-90077",
    vendor: MORVAN,
    buyer: PUMPS,
    carrier: ROUTIER,
    lines: [
      {
        seller_item_number: "VAN-20",
        buyer_item_number: "40-1120",
        batch: "L2611-4",
        description: "Vanne laiton DN 20",
        quantity: "80",
      },
      {
        seller_item_number: "BRI-50",
        buyer_item_number: "40-1150",
        batch: "L2611-7",
        description: "Bride DN 50",
        quantity: "24",
      },
    ],
    rows: [
      ...address(50, "Fournisseur", MORVAN, "France"),
      [],
      ...beside(
        address(50, "Client", PUMPS, "PAYS-BAS"),
        address(330, "Transporteur", { ...ROUTIER, postal_code: "F-21000" }),
      ),
      [],
      [[50, "Bon de livraison n° BL-90077 du 9 novembre 2026", 13]],
      [],
      ...table(
        [50, 120, 190, 260, -470],
        ["Référence", "Réf. client", "N° de lot", "Désignation", "Qté livrée"],
        ["VAN-20", "40-1120", "L2611-4", "Vanne laiton DN 20", "80"],
        ["BRI-50", "40-1150", "L2611-7", "Bride DN 50", "24"],
      ),
    ],
  },
  {
    name: "Italian transport document with its haulier in a table",
    type: "delivery_note",
    number: "DDT-6604",
    vendor: LARIANA,
    buyer: MORVAN,
    carrier: CORRIERE,
    lines: [
      {
        seller_item_number: "RB-3012",
        buyer_item_number: "7704-12",
        batch: "LT-0611",
        description: "Rubinetto 1/2",
        quantity: "300",
      },
      {
        seller_item_number: "RB-3020",
        buyer_item_number: "7704-20",
        batch: "LT-0598",
        description: "Rubinetto 3/4",
        quantity: "180",
      },
    ],
    rows: [
      ...address(50, "", LARIANA, "Italia"),
      [[50, "Documento di trasporto n. DDT-6604 del 09/11/2026", 13]],
      [],
      ...address(50, "Cliente", MORVAN, "Francia"),
      [],
      ...table(
        [50, 130, 210, 290, -490],
        ["Cod. articolo", "Cod. art. cliente", "Lotto", "Descrizione", "Quantità"],
        ["RB-3012", "7704-12", "LT-0611", "Rubinetto 1/2", "300"],
        ["RB-3020", "7704-20", "LT-0598", "Rubinetto 3/4", "180"],
      ),
      [],
      ...address(50, "Vettore", CORRIERE, "Italia"),
    ],
  },
  {
    name: "Spanish delivery note with lots and bar codes",
    type: "delivery_note",
    number: "ALB-26-311",
    vendor: DUERO,
    buyer: MORVAN,
    carrier: partyIn("ES", "Transportes Meseta SA", "Poligono San Cristobal 12", "47012", "Valladolid"),
    lines: [
      {
        seller_item_number: "TR-750",
        gtin: "8412345678905",
        batch: "R21-08",
        origin_country: "ES",
        description: "Tinto reserva",
        quantity: "240",
      },
      {
        seller_item_number: "BL-750",
        gtin: "8412345678912",
        batch: "V25-02",
        origin_country: "PT",
        description: "Blanco verdejo",
        quantity: "120",
      },
    ],
    rows: [
      ...address(50, "", DUERO, "España"),
      [],
      ...beside(
        address(50, "Cliente", MORVAN, "Francia"),
        address(
          330,
          "Transportista",
          partyIn("ES", "Transportes Meseta SA", "Poligono San Cristobal 12", "47012", "Valladolid"),
          "España",
        ),
      ),
      [],
      [
        [50, "Albarán ALB-26-311", 13],
        [330, "Fecha: 09/11/2026"],
      ],
      [],
      ...table(
        [50, 110, 200, 260, 330, -520],
        ["Código", "EAN-13", "Lote", "Origen", "Descripción", "Cantidad"],
        ["TR-750", "8412345678905", "R21-08", "España", "Tinto reserva", "240"],
        ["BL-750", "8412345678912", "V25-02", "Portugal", "Blanco verdejo", "120"],
      ),
    ],
  },
  {
    name: "Dutch delivery note, headings in two rows",
    type: "delivery_note",
    number: "70441",
    vendor: PUMPS,
    buyer: CASTINGS,
    carrier: partyIn("NL", "Van der Meer Transport BV", "Havenstraat 2", "3011 TD", "Rotterdam"),
    lines: [
      { seller_item_number: "P-220-14", buyer_item_number: "CST-9001", description: "Dompelpomp 220 V", quantity: "6" },
      { seller_item_number: "SL-25-50", buyer_item_number: "CST-9014", description: "Slang 25 mm", quantity: "50" },
    ],
    rows: [
      [[50, "Brabant Pumps BV", 14]],
      [[50, "Kanaaldijk 31, 5613 LH Eindhoven, Nederland"]],
      [],
      [
        [50, "Pakbon 70441", 13],
        [330, "Datum: 9 november 2026"],
      ],
      ...beside(
        address(50, "Klant", CASTINGS, "Verenigd Koninkrijk"),
        address(
          330,
          "Vervoerder:",
          partyIn("NL", "Van der Meer Transport BV", "Havenstraat 2", "3011 TD", "Rotterdam"),
          "Nederland",
        ),
      ),
      [],
      ...table([50, 130, 220, -450], ["Ons", "Uw", "", ""]),
      ...table(
        [50, 130, 220, -450],
        ["artikelnr.", "artikelnr.", "Omschrijving", "Geleverd"],
        ["P-220-14", "CST-9001", "Dompelpomp 220 V", "6"],
        ["SL-25-50", "CST-9014", "Slang 25 mm", "50"],
      ),
    ],
  },
  {
    name: "Polish release note with lots",
    type: "delivery_note",
    number: "WZ-4402",
    vendor: ODRA,
    buyer: VALVES,
    carrier: partyIn("PL", "Trans-Odra Sp. j.", "ul. Celna 3", "70-644", "Szczecin"),
    lines: [
      {
        seller_item_number: "ZS-020",
        batch: "P-26411",
        hs_code: "84818063",
        description: "Zasuwa DN 20",
        quantity: "35",
      },
      {
        seller_item_number: "KL-050",
        batch: "P-26398",
        hs_code: "73079100",
        description: "Kolnierz DN 50",
        quantity: "12",
      },
    ],
    rows: [
      ...beside(address(50, "Sprzedawca", ODRA, "Polska"), address(330, "Nabywca", VALVES, "Niemcy")),
      [],
      [
        [50, "Wydanie zewnetrzne WZ-4402", 13],
        [330, "Data: 2026-11-09"],
      ],
      ...address(50, "Przewoznik", partyIn("PL", "Trans-Odra Sp. j.", "ul. Celna 3", "70-644", "Szczecin"), "Polska"),
      [],
      ...table(
        [50, 110, 180, 260, -450],
        ["Indeks", "Partia", "Kod CN", "Nazwa", "Ilosc"],
        ["ZS-020", "P-26411", "84818063", "Zasuwa DN 20", "35"],
        ["KL-050", "P-26398", "73079100", "Kolnierz DN 50", "12"],
      ),
    ],
  },
];
