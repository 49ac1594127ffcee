import type { Facts } from "@flowstate/contracts";
import { assemblePdf } from "@flowstate/local/fixtures/assemble-pdf.ts";
import { currencyExponent } from "../validation/minor-unit.ts";
import { INVOICE_LAYOUTS, type InvoiceLayout } from "./invoice-layouts.ts";
import type { MadeDocument } from "./logistics-documents.ts";
import { factsWith, lineWith } from "./sample-facts.ts";

interface Item {
  readonly position: string;
  readonly item: string;
  readonly description: string;
  readonly quantity: number;
  /** In the smallest unit of the currency, like all amounts here. */
  readonly price: number;
  readonly discount: number;
  readonly amount: number;
}

const WORDS = ["Pallet", "Strap", "Film", "Hook", "Net", "Crate", "Ramp", "Seal", "Label", "Cover"] as const;
const TAX_PERCENT = 20;

/**
 * Invoices of the project's own making, each laid out as another country or another program would: what the corpus does not
 * have, because all of it comes from one program.
 */
export function invoiceDocuments(): readonly MadeDocument[] {
  return INVOICE_LAYOUTS.map((layout) => {
    const items = itemsOf(layout);
    return { name: layout.name, pdf: drawn(pagesOf(layout, items)), truth: truthOf(layout, items) };
  });
}

function itemsOf({ lines, firstLine = 0, discounts = false }: InvoiceLayout): readonly Item[] {
  return Array.from({ length: lines }, (_, at) => {
    const index = firstLine + at;
    const quantity = ((index * 37) % 240) + 2;
    const price = ((index * 7_919) % 90_000) + 123;
    const discount = discounts && index % 2 === 0 ? Math.round((quantity * price) / 20) : 0;
    return {
      position: String((index + 1) * 10),
      item: `${(WORDS[index % WORDS.length] ?? "").slice(0, 3).toUpperCase()}-${1_000 + index * 17}`,
      description: `${WORDS[index % WORDS.length]} ${["small", "large", "galvanised"][index % 3]}, model ${index + 1}`,
      quantity,
      price,
      discount,
      amount: quantity * price - discount,
    };
  });
}

interface Totals {
  readonly net: number;
  readonly freight: number;
  readonly basis: number;
  readonly tax: number;
  readonly gross: number;
}

function totalsOf({ freight = false }: InvoiceLayout, items: readonly Item[]): Totals {
  const net = items.reduce((sum, { amount }) => sum + amount, 0);
  const charge = freight ? 4_950 : 0;
  const tax = Math.round(((net + charge) * TAX_PERCENT) / 100);
  return { net, freight: charge, basis: net + charge, tax, gross: net + charge + tax };
}

type Row = readonly string[];

function pagesOf(layout: InvoiceLayout, items: readonly Item[]): readonly (readonly Row[])[] {
  const { linesPerPage = items.length, cashDiscount = false, totalOnTop = false, tax = "VAT", terms } = layout;
  const money = (amount: number) => printed(layout, amount);
  const totals = totalsOf(layout, items);
  const head: readonly Row[] = [
    ["", "", "Ostsee Lager + Logistik AG, Hafenstr. 12, 24103 Kiel"],
    ["", "", "Invoice OL-2026-3301"],
    ["", "", `Date: ${layout.date}`],
    ["", "", `Payable by: ${layout.dueDate}`],
    ["", "", `Currency: ${layout.currency}`],
    ...(totalOnTop ? [["", "", "Total due", "", "", "", money(totals.gross)]] : []),
    ["Pos", "Item", "Description", "Qty", "Price", "Less", "Amount"],
  ];
  const foot: readonly Row[] = [
    ["", "", "Sum", "", "", "", money(totals.net)],
    ...(totals.freight > 0 ? [["", "", "Freight", "", "", "", money(totals.freight)]] : []),
    ["", "", `${tax} ${TAX_PERCENT} % of ${money(totals.basis)}`, "", "", "", money(totals.tax)],
    ["", "", "Total", "", "", "", money(totals.gross)],
    ...(terms === undefined ? [] : [["", "", terms]]),
    ...(cashDiscount ? [["", "", `2 % for payment in 10 days: ${money(Math.round(totals.gross * 0.98))}`]] : []),
  ];
  const pages: Row[][] = [];
  for (let from = 0; from < items.length; from += linesPerPage) {
    const carried = items.slice(0, from).reduce((sum, { amount }) => sum + amount, 0);
    const upTo = items.slice(0, from + linesPerPage).reduce((sum, { amount }) => sum + amount, 0);
    const isLast = from + linesPerPage >= items.length;
    pages.push([
      ...(from === 0 ? head : [["", "", "Carried forward", "", "", "", money(carried)]]),
      ...items.slice(from, from + linesPerPage).flatMap((item) => rowsOf(layout, item)),
      ...(isLast ? foot : [["", "", "To carry forward", "", "", "", money(upTo)]]),
      ["", "", `Page ${pages.length + 1}`],
    ]);
  }
  return pages;
}

function rowsOf(
  layout: InvoiceLayout,
  { position, item, description, quantity, price, discount, amount }: Item,
): readonly Row[] {
  const total = ["", "", "", "", "", "", printed(layout, amount)];
  const less = discount === 0 ? "" : `-${printed(layout, discount)}`;
  const rest = [position, item, description, String(quantity), printed(layout, price), less];
  if (layout.amountBelow === true) return [rest, total];
  if (layout.amountAbove === true) return [total, rest];
  return [[...rest, printed(layout, amount)]];
}

function printed({ locale, currency, sign: { before = "", after = "" } = {} }: InvoiceLayout, amount: number): string {
  const digits = currencyExponent(currency);
  const figure = new Intl.NumberFormat(locale, { minimumFractionDigits: digits }).format(amount / 10 ** digits);
  return `${before}${figure.replace(/[\u00a0\u202f]/g, " ").replace("’", "'")}${after}`;
}

const COLUMNS = [40, 80, 140, 330, 400, 470, 555];
const HEIGHT = 842;

function drawn(pages: readonly (readonly Row[])[]): Buffer {
  const numbers = pages.map((_, index) => 4 + index * 2);
  return assemblePdf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${numbers.map((number) => `${number} 0 R`).join(" ")}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ...pages.flatMap((rows, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 ${HEIGHT}] /Contents ${5 + index * 2} 0 R /Resources << /Font << /F 3 0 R >> >> >>`,
      { dictionary: "", stream: Buffer.from(rows.flatMap(drawnRow).join("\n"), "latin1") },
    ]),
  ]);
}

function drawnRow(cells: Row, row: number): string[] {
  return cells.flatMap((cell, column) => {
    if (cell === "") return [];
    const edge = COLUMNS[column] ?? 0;
    const x = column < 3 ? edge : edge - widthOf(cell);
    const shown = cell.replace(/[()]/g, (bracket) => `\\${bracket}`);
    return [`BT /F 9 Tf ${x.toFixed(2)} ${HEIGHT - 60 - row * 16} Td (${shown}) Tj ET`];
  });
}

/** Of Helvetica at 9 points, by Adobe's metrics: digits 556, punctuation and spaces 278, the signs of currencies 556. */
function widthOf(text: string): number {
  const characters = text.replace(/\\\d{3}/g, "0");
  return [...characters].reduce((sum, character) => sum + (/[.,' ]/.test(character) ? 278 : 556), 0) * 0.009;
}

function truthOf(layout: InvoiceLayout, items: readonly Item[]): Facts {
  const { currency } = layout;
  const decimal = decimalIn(currency);
  const totals = totalsOf(layout, items);
  return factsWith({
    document_number: "OL-2026-3301",
    document_date: layout.date === "11/30/2026" ? "2026-11-30" : "2026-11-09",
    due_date: { "12/30/2026": "2026-12-30", "31/12/2026": "2026-12-31" }[layout.dueDate] ?? "2026-12-09",
    currency,
    vendor: {
      name: "Ostsee Lager + Logistik AG",
      street: "Hafenstr. 12",
      postal_code: "24103",
      city: "Kiel",
      country: "DE",
      tax_ids: [],
    },
    lines: items.map(({ position, item, description, quantity, price, discount, amount }) =>
      lineWith({
        position,
        seller_item_number: item,
        description,
        quantity: String(quantity),
        unit_price: decimal(price),
        discount_amount: discount === 0 ? null : decimal(discount),
        tax_rate: String(TAX_PERCENT),
        amount: decimal(amount),
      }),
    ),
    totals: {
      ...factsWith({}).totals,
      net: decimal(totals.net),
      charges: totals.freight === 0 ? null : decimal(totals.freight),
      tax: decimal(totals.tax),
      tax_by_rate: [
        { rate: String(TAX_PERCENT), category: null, basis: decimal(totals.basis), amount: decimal(totals.tax) },
      ],
      gross: decimal(totals.gross),
    },
  });
}

function decimalIn(currency: string): (amount: number) => string {
  const digits = currencyExponent(currency);
  return (amount) => (amount / 10 ** digits).toFixed(digits);
}
