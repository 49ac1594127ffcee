import type { MessageKind } from "../document-type.ts";

/** The names that differ between the documents of OASIS UBL 2.1; what they have in common is called the same. */
export interface UblVocabulary {
  readonly kind: MessageKind;
  /** UNTDID 1001; an order response has none. */
  readonly typeCode?: string;
  readonly supplier: string;
  readonly customer: string;
  readonly totals: string;
  /** From the root to a line. */
  readonly line: readonly [string, ...string[]];
  readonly quantity: string;
}

const BILLING = {
  supplier: "AccountingSupplierParty",
  customer: "AccountingCustomerParty",
  totals: "LegalMonetaryTotal",
} as const;

const ORDERING = {
  supplier: "SellerSupplierParty",
  customer: "BuyerCustomerParty",
  line: ["OrderLine", "LineItem"],
  quantity: "Quantity",
} as const;

/** By root element. */
export const UBL_VOCABULARIES: Readonly<Record<string, UblVocabulary>> = {
  Invoice: {
    ...BILLING,
    kind: "invoice",
    typeCode: "InvoiceTypeCode",
    line: ["InvoiceLine"],
    quantity: "InvoicedQuantity",
  },
  CreditNote: {
    ...BILLING,
    kind: "credit_note",
    typeCode: "CreditNoteTypeCode",
    line: ["CreditNoteLine"],
    quantity: "CreditedQuantity",
  },
  Order: { ...ORDERING, kind: "order", typeCode: "OrderTypeCode", totals: "AnticipatedMonetaryTotal" },
  OrderResponse: { ...ORDERING, kind: "order_response", totals: "LegalMonetaryTotal" },
};
