import { type Draft, dropLine, line, taken, taxAt, totals } from "./ordinary-documents.ts";

/** Bills that are right in another way than a commercial invoice is. */
export const ORDINARY_BILLS: readonly Draft[] = [
  {
    name: "a German receipt, whose prices contain the tax",
    rows: [
      "# Quittung",
      "A-117|Spanngurt 5 m|2|11,90|19 %|23,80",
      "B-204|Kantenschutz|4|2,38|19 %|9,52",
      "|Summe EUR||||33,32",
      "|MwSt 19 %|Netto|28,00|MwSt|5,32",
    ],
    lines: ["A-117|Spanngurt 5 m|2|11.90|19|23.80", "B-204|Kantenschutz|4|2.38|19|9.52"],
    totals: { tax: "5.32", tax_by_rate: [taxAt("19", "28.00", "5.32")], gross: "33.32" },
    found: ["lines_include_tax"],
    mistakes: {
      "a line was not read": dropLine(1),
      "the tax was added once more": totals({ gross: "38.64" }),
      "a digit of the tax was swapped": totals({ tax: "3.52", tax_by_rate: [taxAt("19", "28.00", "3.52")] }),
    },
  },
  {
    name: "a bill whose lines print their discounts, and not what is left",
    rows: [
      "# Rechnung",
      "C-40|Sechskantschraube|250|1,25|19 %|312,50",
      "|Rabatt 6 %||||-18,75",
      "D-41|Dichtring|400|0,31|19 %|124,00",
      "|Netto EUR||||417,75",
      "|MwSt 19 %||||79,37",
      "|Gesamt||||497,12",
    ],
    lines: ["C-40|Sechskantschraube|250|1.25|19|293.75|18.75", "D-41|Dichtring|400|0.31|19|124.00"],
    totals: { net: "417.75", tax: "79.37", tax_by_rate: [taxAt("19", "417.75", "79.37")], gross: "497.12" },
    mistakes: {
      "two digits of what is left were swapped": line(0, { amount: "239.75" }),
      "the discount was not read": line(0, { discount_amount: null }),
      "another was taken off": line(0, { discount_amount: "17.85", amount: "294.65" }),
      "the discount was not taken off": line(0, { discount_amount: null, amount: "312.50" }),
      "the discounted line was not read": dropLine(0),
    },
  },
  {
    name: "a receipt of two rates",
    rows: [
      "# Quittung",
      "C-11|Kaffee 1 kg|1|10,70|7 %|10,70",
      "D-12|Filter|2|5,95|19 %|11,90",
      "|Gesamtbetrag EUR||||22,60",
      "|19 %|Netto|10,00|MwSt|1,90",
      "|7 %|Netto|10,00|MwSt|0,70",
    ],
    lines: ["C-11|Kaffee 1 kg|1|10.70|7|10.70", "D-12|Filter|2|5.95|19|11.90"],
    totals: {
      gross: "22.60",
      tax_by_rate: [taxAt("19", "10.00", "1.90"), taxAt("7", "10.00", "0.70")],
    },
    found: ["lines_include_tax"],
    mistakes: {
      "the rates were exchanged": (facts) => {
        line(0, { tax_rate: "19" })(facts);
        line(1, { tax_rate: "7" })(facts);
      },
      "one rate was not read": totals({ tax_by_rate: [taxAt("19", "10.00", "1.90")] }),
    },
  },
  {
    name: "a British receipt, which says only that the tax is in it",
    rows: [
      "# Receipt",
      "R-7|Pallet wrap|3|8.40||25.20",
      "R-9|Tape gun|1|13.20||13.20",
      "|Total GBP||||38.40",
      "|Incl. VAT at 20 %||||6.40",
    ],
    currency: "GBP",
    lines: ["R-7|Pallet wrap|3|8.40||25.20", "R-9|Tape gun|1|13.20||13.20"],
    totals: { tax: "6.40", tax_by_rate: [taxAt("20", null, "6.40")], gross: "38.40" },
    found: ["lines_include_tax"],
    mistakes: {
      "a line was taken for the tax": totals({ tax: "13.20", tax_by_rate: [taxAt("20", null, "13.20")] }),
      "two digits of the total were swapped": totals({ gross: "34.80" }),
    },
  },
  {
    name: "a Spanish bill, which prints no total before tax was withheld",
    rows: [
      "# Factura",
      "S-1|Consultoría logística|10|100,00|21 %|1.000,00",
      "|Base imponible EUR||||1.000,00",
      "|IVA 21 %||||210,00",
      "|Retención IRPF 15 %||||-150,00",
      "|Total factura||||1.060,00",
    ],
    lines: ["S-1|Consultoría logística|10|100.00|21|1000.00"],
    totals: {
      ...{ tax_basis: "1000.00", tax: "210.00", tax_by_rate: [taxAt("21", "1000.00", "210.00")] },
      ...{ withheld: "150.00", due: "1060.00" },
    },
    mistakes: {
      "what is left was taken for the total with tax": totals({ gross: "1060.00" }),
      "and what was withheld was not read": totals({ gross: "1060.00", withheld: null }),
      "what was withheld was taken for paid": totals({ withheld: null, prepaid: "150.00", due: "1060.00" }),
      "what was withheld was taken for tax": totals({
        ...{ withheld: null, tax: "60.00", gross: "1060.00" },
        tax_by_rate: [taxAt("21", "1000.00", "210.00"), taxAt("-15", "1000.00", "-150.00")],
      }),
      "the tax was taken for withheld": totals({ withheld: "210.00", due: "1000.00" }),
    },
  },
  {
    name: "an Italian bill with a pension fund and tax that was withheld",
    rows: [
      "# Fattura",
      "P-4|Progettazione magazzino|1|1.000,00|22 %|1.000,00",
      "|Contributo cassa 4 %||||40,00",
      "|Imponibile EUR||||1.040,00",
      "|IVA 22 %||||228,80",
      "|Totale documento||||1.268,80",
      "|Ritenuta d'acconto 20 % su 1.000,00||||200,00",
      "|Netto a pagare||||1.068,80",
    ],
    lines: ["P-4|Progettazione magazzino|1|1000.00|22|1000.00"],
    totals: {
      ...{ net: "1000.00", charges: "40.00", tax_basis: "1040.00", tax: "228.80" },
      ...{ tax_by_rate: [taxAt("22", "1040.00", "228.80")], gross: "1268.80", withheld: "200.00", due: "1068.80" },
    },
    mistakes: {
      "nothing was withheld": totals({ withheld: null }),
      "less was withheld": totals({ withheld: "20.00" }),
      "the tax was taken for withheld": totals({ withheld: "228.80", due: "1040.00" }),
    },
  },
  {
    name: "a bill that states only what is due",
    rows: [
      "# Invoice",
      "H-2|Warehouse handling|8|45.00||360.00",
      "H-3|Weekend surcharge|1|60.00||60.00",
      "|Amount due EUR||||420.00",
    ],
    lines: ["H-2|Warehouse handling|8|45.00||360.00", "H-3|Weekend surcharge|1|60.00||60.00"],
    totals: { due: "420.00" },
    mistakes: {
      "two digits were swapped": totals({ due: "240.00" }),
      "a line was not read": dropLine(0),
      "a line was taken for what is due": totals({ due: "360.00" }),
      "nothing was read of it": totals({ due: null }),
    },
  },
  {
    name: "a credit note with negative quantities",
    rows: [
      "# Gutschrift",
      "K-5|Rückgabe Euro-Palette|-12|9,50|19 %|-114,00",
      "K-6|Rückgabe Gitterbox|-2|85,00|19 %|-170,00",
      "|Summe netto EUR||||-284,00",
      "|MwSt 19 %||||-53,96",
      "|Gesamt||||-337,96",
    ],
    type: "credit_note",
    lines: ["K-5|Rückgabe Euro-Palette|-12|9.50|19|-114.00", "K-6|Rückgabe Gitterbox|-2|85.00|19|-170.00"],
    totals: { net: "-284.00", tax: "-53.96", tax_by_rate: [taxAt("19", "-284.00", "-53.96")], gross: "-337.96" },
    found: ["total_negative"],
    mistakes: {
      "a line lost its sign": line(1, { quantity: "2", amount: "170.00" }),
      "it was taken for a bill": taken("invoice"),
    },
  },
  {
    name: "a final bill, less what was paid before",
    rows: [
      "# Schlussrechnung",
      "M-1|Regalmontage Halle 3|1|8.000,00|19 %|8.000,00",
      "|Nettobetrag EUR||||8.000,00",
      "|MwSt 19 %||||1.520,00",
      "|Rechnungsbetrag||||9.520,00",
      "|1. Abschlagszahlung||||-3.570,00",
      "|2. Abschlagszahlung||||-2.380,00",
      "|Zu zahlen||||3.570,00",
    ],
    lines: ["M-1|Regalmontage Halle 3|1|8000.00|19|8000.00"],
    totals: {
      ...{ net: "8000.00", tax: "1520.00", tax_by_rate: [taxAt("19", "8000.00", "1520.00")], gross: "9520.00" },
      ...{ prepaid: "5950.00", due: "3570.00" },
    },
    mistakes: {
      "one payment was not read": totals({ prepaid: "3570.00" }),
      "nothing is due": totals({ prepaid: "9520.00", due: "0.00" }),
      "the total was not read": totals({ gross: null, prepaid: null }),
    },
  },
  {
    name: "a bill whose buyer owes the tax",
    rows: [
      "# Rechnung",
      "T-8|Transport Kiel - Graz|1|1.450,00|0 %|1.450,00",
      "T-9|Maut|1|212,40|0 %|212,40",
      "|Gesamtbetrag EUR||||1.662,40",
      "Steuerschuldnerschaft des Leistungsempfängers",
    ],
    lines: ["T-8|Transport Kiel - Graz|1|1450.00|0|1450.00", "T-9|Maut|1|212.40|0|212.40"],
    totals: { gross: "1662.40", tax_by_rate: [taxAt("0", "1662.40", "0.00")] },
    mistakes: {
      "tax was invented": totals({ tax: "315.86", tax_by_rate: [taxAt("19", "1662.40", "315.86")], gross: "1978.26" }),
      "the toll was taken for tax": totals({ tax: "212.40", tax_by_rate: [taxAt("0", "1450.00", "212.40")] }),
    },
  },
  {
    name: "a bill in dollars that states its tax in euros, too",
    rows: [
      "# Invoice",
      "F-1|Sea freight Kiel - Oslo|2|1,250.00|19 %|2,500.00",
      "|Net total USD||||2,500.00",
      "|VAT 19 % USD||||475.00",
      "|Total USD||||2,975.00",
      "|VAT in EUR at 0.9200||||437.00",
    ],
    currency: "USD",
    lines: ["F-1|Sea freight Kiel - Oslo|2|1250.00|19|2500.00"],
    totals: { net: "2500.00", tax: "475.00", tax_by_rate: [taxAt("19", "2500.00", "475.00")], gross: "2975.00" },
    mistakes: {
      "the tax in euros was taken": totals({ tax: "437.00", tax_by_rate: [taxAt("19", "2500.00", "437.00")] }),
      "and the total follows it": totals({
        ...{ tax: "437.00", tax_by_rate: [taxAt("19", "2500.00", "437.00")] },
        gross: "2937.00",
      }),
    },
  },
];
