import type { Facts } from "@flowstate/contracts";
import { documentTypeOf } from "../document-type.ts";
import type { XmlElement } from "../parse-xml.ts";

/** The names that differ between the documents of OASIS UBL 2.1; what they have in common is called the same. */
export interface UblVocabulary {
  readonly documentType: (root: XmlElement) => Facts["document_type"];
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
    documentType: (root) => documentTypeOf("invoice", root.find("InvoiceTypeCode")?.text),
    line: ["InvoiceLine"],
    quantity: "InvoicedQuantity",
  },
  CreditNote: {
    ...BILLING,
    documentType: () => "credit_note",
    line: ["CreditNoteLine"],
    quantity: "CreditedQuantity",
  },
  Order: { ...ORDERING, documentType: () => "purchase_order", totals: "AnticipatedMonetaryTotal" },
  OrderResponse: { ...ORDERING, documentType: () => "order_confirmation", totals: "LegalMonetaryTotal" },
};
