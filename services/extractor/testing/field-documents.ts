import type { Facts } from "@flowstate/contracts";
import { LAYOUTS, type Layout } from "./field-layouts.ts";
import type { MadeDocument } from "./logistics-documents.ts";
import { placedRows, type Row } from "./placed-rows.ts";
import { factsWith, lineWith } from "./sample-facts.ts";

/**
 * Documents of the project's own making that print what every supplier prints about a document: several dates, numbers of
 * several kinds, and both parties' tax numbers, with the words of another country each, before the values, beside them or
 * above them.
 */

const ISSUED = "2026-11-09";
const ITEMS = [
  { item: "GV-20-PN16", description: "Gate valve DN 20, brass", quantity: 40, price: 1_180 },
  { item: "FL-50-C22", description: "Welding neck flange DN 50", quantity: 16, price: 2_645 },
] as const;
const TAX_PERCENT = 20;
const NET = ITEMS.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
const TAX = (NET * TAX_PERCENT) / 100;

export function fieldDocuments(): readonly MadeDocument[] {
  return LAYOUTS.map((layout) => ({ name: layout.name, pdf: page(layout), truth: truthOf(layout) }));
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

function page({ rows, foot, words, ...deal }: Layout): Buffer {
  const amounts = (cents: number): Row => (words === undefined ? [] : [[500, money(cents)]]);
  const items = ITEMS.map(
    ({ item, description, quantity, price }, index): Row => [
      [50, String(index + 1)],
      [80, item],
      [170, description],
      [380, String(quantity)],
      ...(words === undefined ? [] : ([[430, money(price)]] as const)),
      ...amounts(quantity * price),
    ],
  );
  const totals = [NET, TAX, NET + TAX].flatMap((cents, at): readonly Row[] =>
    words === undefined
      ? []
      : [[[170, at === 1 ? `${words[1]} ${TAX_PERCENT} %` : (words[at] ?? "")], ...amounts(cents)]],
  );
  const currency: readonly Row[] = words === undefined ? [] : [[[430, "EUR"]]];
  return placedRows([...rows(deal), [], ...currency, ...items, [], ...totals], foot?.(deal));
}

function truthOf({ type = "invoice", number, due = null, references, vendor, buyer, words }: Layout): Facts {
  const bare = factsWith({});
  const isBilled = words !== undefined;
  const lines = ITEMS.map(({ item, description, quantity, price }, index) =>
    lineWith({
      position: String(index + 1),
      seller_item_number: item,
      description,
      quantity: String(quantity),
      ...(isBilled && {
        unit_price: money(price),
        tax_rate: String(TAX_PERCENT),
        amount: money(quantity * price),
      }),
    }),
  );
  const tax_by_rate = [{ rate: String(TAX_PERCENT), category: null, basis: money(NET), amount: money(TAX) }];
  const totals = { net: money(NET), tax: money(TAX), tax_by_rate, gross: money(NET + TAX) };
  return factsWith({
    document_type: type,
    document_number: number,
    document_date: ISSUED,
    due_date: due,
    references: { ...bare.references, ...references },
    currency: isBilled ? "EUR" : null,
    vendor,
    buyer,
    lines,
    totals: { ...bare.totals, ...(isBilled && totals) },
  });
}
