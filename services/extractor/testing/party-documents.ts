import type { Facts, Party } from "@flowstate/contracts";
import type { MadeDocument } from "./logistics-documents.ts";
import { beside, placedRows, type Row } from "./placed-rows.ts";
import { factsWith, lineWith } from "./sample-facts.ts";

/**
 * Documents of the project's own making that say who sells and who buys, each as another country lays it out: by labels
 * beside, over and before the parties, in columns, or as a letter that has none. Some give money back.
 */

interface Deal {
  readonly vendor: NonNullable<Party>;
  readonly buyer: NonNullable<Party>;
}

const DEAL: Deal = {
  vendor: {
    name: "Fjordkraft Components AS",
    street: "Havnegata 14",
    postal_code: "7010",
    city: "Trondheim",
    country: "NO",
    tax_ids: [{ scheme: "vat", value: "NO 987654325 MVA" }],
  },
  buyer: {
    name: "Mistral Cycles SARL",
    street: "27 rue des Alizés",
    postal_code: "13002",
    city: "Marseille",
    country: "FR",
    tax_ids: [],
  },
};

interface Layout {
  readonly name: string;
  readonly type: Facts["document_type"];
  /** Default: EUR. */
  readonly currency?: string;
  /** Before the table of lines. */
  readonly head: (deal: Deal) => readonly Row[];
  readonly foot?: (deal: Deal) => readonly Row[];
  /** Prints an amount of this many cents. */
  readonly print: (cents: number) => string;
  /** What the document's amounts are multiplied by: a correction takes back. */
  readonly direction?: 1 | -1;
  /** The words for net, tax and total. */
  readonly words: readonly [net: string, tax: string, total: string];
}

const point = (cents: number) => (cents / 100).toFixed(2);
const comma = (cents: number) => point(cents).replace(".", ",");

function block(x: number, { name, street, postal_code, city }: NonNullable<Party>): readonly Row[] {
  return [[[x, name ?? ""]], [[x, street ?? ""]], [[x, `${postal_code} ${city}`]]];
}

function taxNumber({ tax_ids }: NonNullable<Party>): string {
  return tax_ids[0]?.value ?? "";
}

const LAYOUTS: readonly Layout[] = [
  {
    name: "American, billed to, credit in brackets",
    type: "credit_note",
    currency: "USD",
    direction: -1,
    head: ({ vendor, buyer }) => [
      ...beside(block(50, vendor), [[[420, "CREDIT MEMO", 16]], [[420, "No. PT-2026-88"]], [[420, "11/20/2026"]]]),
      ...beside([[[50, "Bill To:"]], ...block(50, buyer)], [[[300, "Ship To:"]], ...block(300, buyer)]),
    ],
    print: (cents) => (cents < 0 ? `($${point(-cents)})` : `$${point(cents)}`),
    words: ["Subtotal", "Tax", "Total"],
  },
  {
    name: "British, columns of seller and buyer",
    type: "invoice",
    head: ({ vendor, buyer }) => [
      [
        [50, "Tax Invoice"],
        [400, "PT-2026-88"],
      ],
      ...beside([[[50, "Seller"]], ...block(50, vendor)], [[[300, "Buyer"]], ...block(300, buyer)]),
      [[50, `VAT No. ${taxNumber(vendor)}`]],
    ],
    print: (cents) => `EUR ${point(cents)}`,
    words: ["Net", "VAT", "Total due"],
  },
  {
    name: "German letter without a label",
    type: "invoice",
    head: ({ vendor, buyer }) => [
      [[50, `${vendor.name} · ${vendor.street} · ${vendor.postal_code} ${vendor.city}`, 7]],
      ...block(50, buyer),
      [
        [50, "Rechnung", 14],
        [400, "Rechnungs-Nr.:"],
        [480, "PT-2026-88"],
      ],
    ],
    foot: ({ vendor }) => [
      [
        [50, vendor.name ?? ""],
        [250, "IBAN DE89 3704 0044 0532 0130 00"],
      ],
      [[50, `USt-IdNr. ${taxNumber(vendor)}`]],
    ],
    print: comma,
    words: ["Nettobetrag", "MwSt.", "Rechnungsbetrag"],
  },
  {
    name: "German letter with its name in the foot only, minus behind",
    type: "credit_note",
    direction: -1,
    head: ({ buyer }) => [
      ...block(50, buyer),
      [
        [50, "Gutschrift", 14],
        [400, "Beleg PT-2026-88"],
      ],
    ],
    foot: ({ vendor }) => [
      [
        [50, vendor.name ?? ""],
        [250, "Amtsgericht Kiel HRB 4711"],
      ],
      [[50, `USt-IdNr. ${taxNumber(vendor)}`]],
    ],
    print: (cents) => (cents < 0 ? `${comma(-cents)}-` : comma(cents)),
    words: ["Nettobetrag", "MwSt.", "Gutschriftsbetrag"],
  },
  {
    name: "French with a letterhead",
    type: "invoice",
    head: ({ vendor, buyer }) => [
      [[50, vendor.name ?? "", 15]],
      [[50, `${vendor.street}, ${vendor.postal_code} ${vendor.city}`]],
      ...block(330, buyer),
      [[50, "Facture n° PT-2026-88"]],
    ],
    print: (cents) => `${comma(cents)} \\200`,
    words: ["Total HT", "TVA", "Total TTC"],
  },
  {
    name: "Italian, labels before names",
    type: "invoice",
    head: ({ vendor, buyer }) => [
      [[50, `Cedente/prestatore: ${vendor.name}`]],
      [[50, `${vendor.street}, ${vendor.postal_code} ${vendor.city}`]],
      [[50, `P.IVA ${taxNumber(vendor)}`]],
      [[50, `Cessionario/committente: ${buyer.name}`]],
      [[50, `${buyer.street}, ${buyer.postal_code} ${buyer.city}`]],
      [[50, "Fattura n. PT-2026-88"]],
    ],
    print: comma,
    words: ["Imponibile", "IVA", "Totale"],
  },
  {
    name: "Spanish, labels in a column",
    type: "invoice",
    head: ({ vendor, buyer }) => [
      [[50, "FACTURA", 14]],
      [
        [50, "Número:"],
        [150, "PT-2026-88"],
      ],
      [
        [50, "Proveedor:"],
        [150, vendor.name ?? ""],
      ],
      [
        [50, "NIF:"],
        [150, taxNumber(vendor)],
      ],
      [
        [50, "Cliente:"],
        [150, buyer.name ?? ""],
      ],
    ],
    print: comma,
    words: ["Base imponible", "IVA", "Total"],
  },
  {
    name: "Dutch, what is taken back with a minus",
    type: "invoice",
    direction: -1,
    head: ({ vendor, buyer }) => [
      ...beside(block(50, vendor), [[[330, "Factuuradres"]], ...block(330, buyer)]),
      [
        [50, "Factuurnummer"],
        [150, "PT-2026-88"],
      ],
    ],
    print: (cents) => (cents < 0 ? `\\200 -${comma(-cents)}` : `\\200 ${comma(cents)}`),
    words: ["Subtotaal", "BTW", "Totaal"],
  },
  {
    name: "Polish, columns under labels",
    type: "invoice",
    head: ({ vendor, buyer }) => [
      [[50, "Faktura VAT nr PT-2026-88"]],
      ...beside([[[50, "Sprzedawca:"]], ...block(50, vendor)], [[[300, "Nabywca:"]], ...block(300, buyer)]),
      [[50, `NIP ${taxNumber(vendor)}`]],
    ],
    print: comma,
    words: ["Netto", "VAT", "Razem"],
  },
  {
    name: "an order on the buyer's paper",
    type: "purchase_order",
    head: ({ vendor, buyer }) => [
      [[50, `${buyer.name}, ${buyer.street}, ${buyer.postal_code} ${buyer.city}`]],
      ...block(50, vendor),
      [[50, "Purchase order PT-2026-88"]],
    ],
    print: point,
    words: ["Net", "VAT", "Total"],
  },
];

const ITEMS = [
  { item: "HUB-36-CL", description: "Rear hub, 36 holes", quantity: 12, price: 4_150 },
  { item: "RIM-622-19", description: "Double-walled rim, black", quantity: 24, price: 2_875 },
  { item: "SPK-264", description: "Stainless spokes, box of 100", quantity: 7, price: 1_990 },
] as const;
const TAX_PERCENT = 20;

export function partyDocuments(): readonly MadeDocument[] {
  return LAYOUTS.map((layout) => ({ name: layout.name, pdf: page(layout), truth: truthOf(layout) }));
}

function sums({ direction = 1 }: Layout) {
  const net = direction * ITEMS.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const tax = (net * TAX_PERCENT) / 100;
  return { net, tax, gross: net + tax };
}

function page(layout: Layout): Buffer {
  const { head, foot, print, words, currency = "EUR", direction = 1 } = layout;
  const { net, tax, gross } = sums(layout);
  const rows: readonly Row[] = [
    ...head(DEAL),
    [
      [50, "20 November 2026"],
      [200, currency],
    ],
    ...ITEMS.map(
      ({ item, description, quantity, price }, index): Row => [
        [50, String(index + 1)],
        [80, item],
        [170, description],
        [380, String(quantity)],
        [430, print(price)],
        [500, print(direction * quantity * price)],
      ],
    ),
    [
      [170, words[0]],
      [500, print(net)],
    ],
    [
      [170, `${words[1]} ${TAX_PERCENT} %`],
      [500, print(tax)],
    ],
    [
      [170, words[2]],
      [500, print(gross)],
    ],
  ];
  return placedRows(rows, foot?.(DEAL));
}

function truthOf(layout: Layout): Facts {
  const { type, head, foot, currency = "EUR", direction = 1 } = layout;
  const { net, tax, gross } = sums(layout);
  const rows = [...head(DEAL), ...(foot?.(DEAL) ?? [])];
  const isPrinted = (value: string | null) =>
    value !== null && rows.some((row) => row.some(([, text]) => text.includes(value)));
  return factsWith({
    document_type: type,
    document_number: "PT-2026-88",
    document_date: "2026-11-20",
    currency,
    vendor: asPrinted(DEAL.vendor, isPrinted),
    buyer: asPrinted(DEAL.buyer, isPrinted),
    lines: ITEMS.map(({ item, description, quantity, price }, index) =>
      lineWith({
        position: String(index + 1),
        seller_item_number: item,
        description,
        quantity: String(quantity),
        // Printed without the minus that the amount has.
        unit_price: point(price),
        tax_rate: String(TAX_PERCENT),
        amount: point(direction * quantity * price),
      }),
    ),
    totals: {
      ...factsWith({}).totals,
      net: point(net),
      tax: point(tax),
      tax_by_rate: [{ rate: String(TAX_PERCENT), category: null, basis: point(net), amount: point(tax) }],
      gross: point(gross),
    },
  });
}

/** What of a party a page says. */
function asPrinted(party: NonNullable<Party>, isPrinted: (value: string | null) => boolean): NonNullable<Party> {
  const { street, postal_code, city, tax_ids } = party;
  return {
    ...party,
    street: isPrinted(street) ? street : null,
    postal_code: isPrinted(postal_code) ? postal_code : null,
    city: isPrinted(city) ? city : null,
    tax_ids: tax_ids.filter(({ value }) => isPrinted(value)),
  };
}
