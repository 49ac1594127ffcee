import { addLine, type Draft, dropLine, line, taken, taxAt, totals } from "./ordinary-documents.ts";

/** Bills with rows that are no items, or items that cost nothing, and papers around orders. */
export const ORDINARY_PAPERS: readonly Draft[] = [
  {
    name: "a Swiss bill that is rounded to five centimes",
    rows: [
      "# Rechnung",
      "W-3|Lagerung Woche 45|7|23,40|8,1 %|163,80",
      "|Netto CHF||||163,80",
      "|MWST 8,1 %||||13,27",
      "|Total||||177,07",
      "|Rundung||||-0,02",
      "|Zahlbetrag||||177,05",
    ],
    currency: "CHF",
    lines: ["W-3|Lagerung Woche 45|7|23.40|8.1|163.80"],
    totals: {
      ...{ net: "163.80", tax: "13.27", tax_by_rate: [taxAt("8.1", "163.80", "13.27")], gross: "177.07" },
      ...{ rounding: "-0.02", due: "177.05" },
    },
    mistakes: {
      "the rounding has the other sign": totals({ rounding: "0.02" }),
      "the rounding was not read": totals({ rounding: null }),
    },
  },
  {
    name: "a bill with a discount for paying early",
    rows: [
      "# Rechnung",
      "X-1|Kommissionierung|120|1,85|19 %|222,00",
      "|Netto EUR||||222,00",
      "|MwSt 19 %||||42,18",
      "|Rechnungsbetrag||||264,18",
      "Bei Zahlung bis 19.11.2026 3 % Skonto: 7,93, zahlbar 256,25",
    ],
    lines: ["X-1|Kommissionierung|120|1.85|19|222.00"],
    totals: { net: "222.00", tax: "42.18", tax_by_rate: [taxAt("19", "222.00", "42.18")], gross: "264.18" },
    mistakes: {
      "the discount was taken off": totals({ due: "256.25" }),
      "the discount was taken for an allowance": totals({ allowances: "7.93", gross: "256.25" }),
    },
  },
  {
    name: "a bill with deposits on packaging",
    rows: [
      "# Rechnung",
      "G-1|Mineralwasser Kasten|20|4,80|19 %|96,00",
      "G-P|Pfand Kasten|20|3,30|19 %|66,00",
      "G-R|Leergut zurück|-15|3,30|19 %|-49,50",
      "|Netto EUR||||112,50",
      "|MwSt 19 %||||21,38",
      "|Gesamt||||133,88",
    ],
    lines: [
      "G-1|Mineralwasser Kasten|20|4.80|19|96.00",
      "G-P|Pfand Kasten|20|3.30|19|66.00",
      "G-R|Leergut zurück|-15|3.30|19|-49.50",
    ],
    totals: { net: "112.50", tax: "21.38", tax_by_rate: [taxAt("19", "112.50", "21.38")], gross: "133.88" },
    mistakes: {
      "the empties were not read": dropLine(2),
      "the empties lost their sign": line(2, { quantity: "15", amount: "49.50" }),
    },
  },
  {
    name: "a bill with a free line",
    rows: [
      "# Rechnung",
      "N-1|Etiketten Rolle|30|6,20|19 %|186,00",
      "N-2|Muster Etiketten wetterfest|5|0,00|19 %|0,00",
      "|Netto EUR||||186,00",
      "|MwSt 19 %||||35,34",
      "|Gesamt||||221,34",
    ],
    lines: ["N-1|Etiketten Rolle|30|6.20|19|186.00", "N-2|Muster Etiketten wetterfest|5|0.00|19|0.00"],
    totals: { net: "186.00", tax: "35.34", tax_by_rate: [taxAt("19", "186.00", "35.34")], gross: "221.34" },
    mistakes: { "the free line costs what the other costs": line(1, { unit_price: "6.20", amount: "31.00" }) },
  },
  {
    name: "a bill with sub-totals and sums carried over",
    rows: [
      "# Rechnung",
      "Halle 1",
      "Q-1|Einlagerung|40|3,10|19 %|124,00",
      "Q-2|Auslagerung|25|3,40|19 %|85,00",
      "|Zwischensumme Halle 1||||209,00",
      "|Übertrag||||209,00",
      "Halle 2",
      "Q-3|Umpacken|12|7,50|19 %|90,00",
      "|Zwischensumme Halle 2||||90,00",
      "|Netto EUR||||299,00",
      "|MwSt 19 %||||56,81",
      "|Gesamt||||355,81",
    ],
    lines: ["Q-1|Einlagerung|40|3.10|19|124.00", "Q-2|Auslagerung|25|3.40|19|85.00", "Q-3|Umpacken|12|7.50|19|90.00"],
    totals: { net: "299.00", tax: "56.81", tax_by_rate: [taxAt("19", "299.00", "56.81")], gross: "355.81" },
    mistakes: {
      "the sum carried over was read as a line": addLine("|Übertrag||||209.00"),
      "the second hall was not read": dropLine(2),
    },
  },
  {
    name: "a bill that the buyer wrote",
    rows: [
      "# Gutschrift (Selbst ausgestellte Rechnung)",
      "U-1|Sammelfahrt KW 45|3|310,00|19 %|930,00",
      "|Netto EUR||||930,00",
      "|MwSt 19 %||||176,70",
      "|Auszahlungsbetrag||||1.106,70",
    ],
    lines: ["U-1|Sammelfahrt KW 45|3|310.00|19|930.00"],
    totals: { net: "930.00", tax: "176.70", tax_by_rate: [taxAt("19", "930.00", "176.70")], gross: "1106.70" },
    mistakes: {
      "it was taken for a credit note": taken("credit_note"),
      "every sign was turned round": (facts) => {
        line(0, { quantity: "-3", amount: "-930.00" })(facts);
        totals({
          ...{ net: "-930.00", tax: "-176.70", gross: "-1106.70" },
          tax_by_rate: [taxAt("19", "-930.00", "-176.70")],
        })(facts);
      },
    },
  },
  {
    name: "a bill for a part that is paid in advance",
    rows: [
      "# Abschlagsrechnung",
      "V-1|1. Abschlag Regalmontage|1|3.000,00|19 %|3.000,00",
      "|Netto EUR||||3.000,00",
      "|MwSt 19 %||||570,00",
      "|Gesamt||||3.570,00",
      "Auftragswert netto 8.000,00",
    ],
    lines: ["V-1|1. Abschlag Regalmontage|1|3000.00|19|3000.00"],
    totals: { net: "3000.00", tax: "570.00", tax_by_rate: [taxAt("19", "3000.00", "570.00")], gross: "3570.00" },
    found: [],
    mistakes: {
      "the whole order was taken for what it bills": line(0, { unit_price: "8000.00", amount: "8000.00" }),
      "it was taken for paid": totals({ prepaid: "3570.00", due: "0.00" }),
    },
  },
  {
    name: "a bill that was paid by card",
    rows: [
      "# Rechnung",
      "Y-1|Palettenkauf|14|11,00|19 %|154,00",
      "|Netto EUR||||154,00",
      "|MwSt 19 %||||29,26",
      "|Gesamt||||183,26",
      "|Bezahlt per Karte||||183,26",
      "|Offener Betrag||||0,00",
    ],
    lines: ["Y-1|Palettenkauf|14|11.00|19|154.00"],
    totals: {
      ...{ net: "154.00", tax: "29.26", tax_by_rate: [taxAt("19", "154.00", "29.26")], gross: "183.26" },
      ...{ prepaid: "183.26", due: "0.00" },
    },
    mistakes: { "the tax was taken for what was paid": totals({ prepaid: "29.26", due: "154.00" }) },
  },
  {
    name: "a delivery note without prices",
    rows: [
      "# Lieferschein",
      "Artikel|Bezeichnung|Bestellt|Geliefert|Rest",
      "Z-1|Gurtratsche 50 mm|40|30|10",
      "Z-2|Spannbrett|60|60|0",
      "Z-3|Antirutschmatte|25|20|5",
    ],
    type: "delivery_note",
    currency: null,
    lines: ["Z-1|Gurtratsche 50 mm|30|||", "Z-2|Spannbrett|60|||", "Z-3|Antirutschmatte|20|||"],
    mistakes: {
      "what was ordered was read": line(0, { quantity: "40" }),
      "a line was not read": dropLine(1),
      "two quantities were exchanged": (facts) => {
        line(0, { quantity: "60" })(facts);
        line(1, { quantity: "30" })(facts);
      },
    },
  },
  {
    name: "a confirmation of a part of what was ordered",
    rows: [
      "# Auftragsbestätigung",
      "Ihre Bestellung 4500012345",
      "Artikel|Bezeichnung|Menge|Preis||Betrag",
      "E-1|Gitterbox|8|92,00||736,00",
      "E-2|Aufsatzrahmen|20|14,50||290,00",
      "|Netto EUR||||1.026,00",
      "Rückstand: E-1 Gitterbox 2 Stück, E-2 Aufsatzrahmen 4 Stück",
    ],
    type: "order_confirmation",
    references: { purchase_order_numbers: ["4500012345"] },
    lines: ["E-1|Gitterbox|8|92.00||736.00", "E-2|Aufsatzrahmen|20|14.50||290.00"],
    totals: { net: "1026.00" },
    mistakes: {
      "what was ordered is confirmed": line(0, { quantity: "10", amount: "920.00" }),
      "a line was not read": dropLine(1),
      "the order was read as another": (facts) => {
        facts.references.purchase_order_numbers = ["4500012354"];
      },
    },
  },
  {
    name: "a letter that accepts an order as it is",
    rows: ["# Auftragsbestätigung", "Ihre Bestellung 4500012345", "nehmen wir wie bestellt an."],
    type: "order_confirmation",
    references: { purchase_order_numbers: ["4500012345"] },
    currency: null,
    lines: [],
    found: ["lines_missing"],
    mistakes: {
      "the order was not read": (facts) => {
        facts.references.purchase_order_numbers = [];
      },
      "a line was invented": addLine("E-1|Gitterbox|10|||"),
    },
  },
  ...(
    [
      ["change of an order", "# Bestelländerung"],
      ["cancellation of an order", "# Order cancellation"],
      ["rejection of an order", "# Auftragsablehnung"],
    ] as const
  ).map(
    ([what, title]): Draft => ({
      name: `a ${what}`,
      rows: [
        title,
        "Bestellung|4500012345",
        "Artikel|Bezeichnung|Menge|Preis||Betrag",
        "E-1|Gitterbox|6|92,00||552,00",
        "E-2|Aufsatzrahmen|20|14,50||290,00",
        "|Netto EUR||||842,00",
      ],
      type: "other",
      references: { purchase_order_numbers: ["4500012345"] },
      lines: ["E-1|Gitterbox|6|92.00||552.00", "E-2|Aufsatzrahmen|20|14.50||290.00"],
      totals: { net: "842.00" },
      found: ["document_type_other"],
      mistakes: {
        "it was taken for an order": taken("purchase_order"),
        "it was taken for a confirmation": taken("order_confirmation"),
      },
    }),
  ),
];
