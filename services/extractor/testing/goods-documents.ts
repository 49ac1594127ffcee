import type { Facts } from "@flowstate/contracts";
import type { GoodsLayout } from "./goods-layout.ts";
import type { MadeDocument } from "./logistics-documents.ts";
import { ORDER_LAYOUTS } from "./order-layouts.ts";
import { placedRows } from "./placed-rows.ts";
import { factsWith, lineWith } from "./sample-facts.ts";
import { SHIPPING_LAYOUTS } from "./shipping-layouts.ts";

/** Documents of the project's own making that say what is ordered, delivered and shipped, and total no money. */
export function goodsDocuments(): readonly MadeDocument[] {
  return [...ORDER_LAYOUTS, ...SHIPPING_LAYOUTS].map((layout) => ({
    name: layout.name,
    pdf: placedRows(layout.rows),
    truth: truthOfGoods(layout),
  }));
}

/** What a layout states. */
export function truthOfGoods({ type, number, references, lines = [], totals, ...stated }: GoodsLayout): Facts {
  const bare = factsWith({});
  return factsWith({
    document_type: type,
    document_number: number,
    document_date: "2026-11-09",
    references: { ...bare.references, ...references },
    currency: stated.currency ?? null,
    vendor: stated.vendor ?? null,
    buyer: stated.buyer ?? null,
    ship_to: stated.ship_to ?? null,
    lines: lines.map(lineWith),
    totals: { ...bare.totals, ...totals },
  });
}
