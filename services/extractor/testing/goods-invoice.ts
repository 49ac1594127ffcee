import type { Facts } from "@flowstate/contracts";
import {
  type Invoice,
  type InvoiceLine,
  type InvoicePlace,
  sampleInvoice,
} from "@flowstate/local/fixtures/e-invoice.ts";
import { factsWith, lineWith } from "./sample-facts.ts";

/** Lines that state everything which all of the syntaxes can, and a last one that states the least. */
export const GOODS: readonly InvoiceLine[] = [
  {
    item: "M8-40",
    buyerItem: "100-77 & 78",
    gtin: "4006381333931",
    description: "Hex bolts <M8>",
    quantity: "250.0000",
    unit: "H87",
    unitPrice: "12.48",
    priceBase: "100",
    allowance: "1.50",
    charge: "0.30",
    amount: "30.00",
    origin: "DK",
  },
  { item: "OIL", description: "Machine oil", quantity: "3.5", unit: "LTR", unitPrice: "8.37", amount: "29.30" },
];
/** The invoice over them. */
export const goods = sampleInvoice({ lines: GOODS });

export const placeOf = (
  { name, street, postalCode, city, country }: InvoicePlace,
  taxId?: string,
): Facts["vendor"] => ({
  name,
  street,
  postal_code: postalCode,
  city,
  country,
  tax_ids: taxId === undefined ? [] : [{ scheme: "vat", value: taxId }],
});

/** What every syntax but MINIMUM states of the goods. */
export function goodsLines(taxRate: string | null): Facts["lines"] {
  return [
    lineWith({
      position: "1",
      seller_item_number: "M8-40",
      buyer_item_number: "100-77 & 78",
      gtin: "4006381333931",
      description: "Hex bolts <M8>",
      quantity: "250.0000",
      unit: "H87",
      unit_price: "12.48",
      price_base_quantity: "100",
      discount_amount: "1.20",
      tax_rate: taxRate,
      amount: "30.00",
      origin_country: "DK",
    }),
    lineWith({
      position: "2",
      seller_item_number: "OIL",
      description: "Machine oil",
      quantity: "3.5",
      unit: "LTR",
      unit_price: "8.37",
      tax_rate: taxRate,
      amount: "29.30",
    }),
  ];
}

/** What Factur-X states of such an invoice in the profile EN 16931. */
export function statedOf(invoice: Invoice): Facts {
  const { references, totals } = factsWith({});
  return factsWith({
    document_type: "invoice",
    document_number: invoice.number,
    document_date: "2026-11-20",
    due_date: "2026-12-20",
    references: {
      ...references,
      purchase_order_numbers: [invoice.purchaseOrder],
      contract_number: invoice.contract,
      delivery_note_number: invoice.deliveryNote,
      incoterm: "FOB",
    },
    currency: "EUR",
    payment: { iban: invoice.iban, bic: invoice.bic },
    vendor: placeOf(invoice.vendor, invoice.vendor.taxId),
    buyer: placeOf(invoice.buyer, invoice.buyer.taxId),
    ship_to: placeOf(invoice.shipTo),
    lines: goodsLines("19"),
    totals: {
      ...totals,
      net: "59.30",
      tax_basis: "59.30",
      tax: "11.27",
      tax_by_rate: [{ rate: "19", category: "S", basis: "59.30", amount: "11.27" }],
      gross: "70.57",
      due: "70.57",
    },
  });
}
