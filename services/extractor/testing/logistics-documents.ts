import type { Facts } from "@flowstate/contracts";
import { pagePdf } from "@flowstate/local/fixtures/page-pdf.ts";
import { factsWith, lineWith } from "./sample-facts.ts";

/** A document of the project's own making: a page, and what it states. */
export interface MadeDocument {
  readonly name: string;
  readonly pdf: Buffer;
  readonly truth: Facts;
}

interface Good {
  readonly item: string;
  readonly description: string;
  readonly packages: number;
  readonly quantity: number;
  /** Grams. */
  readonly netGrams: number;
  readonly grossGrams: number;
}

const GOODS: readonly Good[] = [
  {
    item: "VLV-20",
    description: "Gate valve DN 20",
    packages: 3,
    quantity: 120,
    netGrams: 1_250_400,
    grossGrams: 1_310_000,
  },
  {
    item: "VLV-50",
    description: "Gate valve DN 50",
    packages: 14,
    quantity: 480,
    netGrams: 9_000_000,
    grossGrams: 9_412_500,
  },
  {
    item: "FLG-50",
    description: "Flange DN 50, forged",
    packages: 2,
    quantity: 960,
    netGrams: 842_750,
    grossGrams: 868_000,
  },
  { item: "GSK-50", description: "Gasket set", packages: 1, quantity: 75, netGrams: 18_600, grossGrams: 21_300 },
];

/** How a country prints a decimal with three places, and a date. */
interface Style {
  readonly number: (thousandths: number) => string;
  readonly date: string;
  readonly words: { readonly title: string; readonly net: string; readonly gross: string; readonly total: string };
}

const GERMAN: Style = {
  number: (thousandths) => format(thousandths, "de-DE"),
  date: "09.11.2026",
  words: { title: "Lieferschein", net: "Netto kg", gross: "Brutto kg", total: "Gesamt" },
};
const ENGLISH: Style = {
  number: (thousandths) => format(thousandths, "en-US"),
  date: "9 Nov 2026",
  words: { title: "Packing list", net: "Net kg", gross: "Gross kg", total: "Total" },
};
const FRENCH: Style = {
  number: (thousandths) => format(thousandths, "fr-FR").replace(/\u202f/g, " "),
  date: "9 novembre 2026",
  words: { title: "Liste de colisage", net: "Net kg", gross: "Brut kg", total: "Total" },
};

/** Packing lists and delivery notes: no money, but weights and packages by line and in total. */
export function logisticsDocuments(): readonly MadeDocument[] {
  const kinds = [
    ["packing_list", ENGLISH],
    ["packing_list", FRENCH],
    ["delivery_note", GERMAN],
  ] as const;
  return kinds.flatMap(([type, style]) =>
    [2, 3, 4].map((count) => {
      const goods = GOODS.slice(0, count);
      const number = `PL-2026-0${count}71`;
      return {
        name: `${style.words.title}, ${count} lines`,
        pdf: page(goods, number, style),
        truth: truthOf(goods, number, type),
      };
    }),
  );
}

function page(goods: readonly Good[], number: string, { number: print, date, words }: Style): Buffer {
  const columns = [60, 100, 180, 400, 460, 560, 660];
  const rows: (readonly string[])[] = [
    ["Nordkai Freight Forwarding GmbH"],
    [`${words.title} ${number}`],
    [date],
    [],
    ["", "", "", "Colli", "Pcs", words.net, words.gross],
    ...goods.map(({ item, description, packages, quantity, netGrams, grossGrams }, index) => [
      String(index + 1),
      item,
      description,
      String(packages),
      String(quantity),
      print(netGrams),
      print(grossGrams),
    ]),
    [
      "",
      "",
      words.total,
      String(sum(goods, "packages")),
      "",
      print(sum(goods, "netGrams")),
      print(sum(goods, "grossGrams")),
    ],
  ];
  const content = rows.flatMap((cells, row) =>
    cells.map((cell, column) => {
      // Figures are set to the right: digits of Helvetica are 5 points wide at 9 points.
      const x = (columns[column] ?? 0) - (column > 2 && /^\d/.test(cell) ? cell.length * 5 - 40 : 0);
      return `BT /F 9 Tf ${x} ${520 - row * 18} Td (${cell}) Tj ET`;
    }),
  );
  return pagePdf(content.join("\n"), { mediaBox: [0, 0, 842, 595] });
}

function truthOf(goods: readonly Good[], number: string, type: Facts["document_type"]): Facts {
  const kg = (grams: number) => ({ value: (grams / 1000).toFixed(3), unit: "kg" });
  const bare = factsWith({});
  return factsWith({
    document_type: type,
    document_number: number,
    document_date: "2026-11-09",
    references: { ...bare.references, purchase_order_numbers: [] },
    vendor: {
      name: "Nordkai Freight Forwarding GmbH",
      street: null,
      postal_code: null,
      city: null,
      country: null,
      tax_ids: [],
    },
    lines: goods.map(({ item, description, packages, quantity, netGrams, grossGrams }, index) =>
      lineWith({
        position: String(index + 1),
        seller_item_number: item,
        description,
        quantity: String(quantity),
        packages: String(packages),
        net_weight: kg(netGrams),
        gross_weight: kg(grossGrams),
      }),
    ),
    totals: {
      ...bare.totals,
      net_weight: kg(sum(goods, "netGrams")),
      gross_weight: kg(sum(goods, "grossGrams")),
      packages: String(sum(goods, "packages")),
    },
  });
}

function sum(goods: readonly Good[], field: "packages" | "netGrams" | "grossGrams"): number {
  return goods.reduce((total, good) => total + good[field], 0);
}

function format(thousandths: number, locale: string): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 3 }).format(thousandths / 1000);
}
