import type { MessageKind } from "../document-type.ts";

/**
 * The names that differ between the messages of UN/CEFACT's Supply Chain Reference Data Model. The structure is one, and so
 * are all names that are not listed here.
 */
export interface CiiVocabulary {
  readonly kind: MessageKind;
  readonly document: string;
  readonly transaction: string;
  readonly agreement: string;
  readonly delivery: string;
  readonly settlement: string;
  readonly currency: string;
  readonly summation: string;
  readonly lineAgreement: string;
  readonly lineDelivery: string;
  readonly lineSettlement: string;
  readonly lineSummation: string;
  /** The one that counts first. */
  readonly quantities: readonly string[];
}

const CURRENT = {
  document: "ExchangedDocument",
  transaction: "SupplyChainTradeTransaction",
  agreement: "ApplicableHeaderTradeAgreement",
  delivery: "ApplicableHeaderTradeDelivery",
  settlement: "ApplicableHeaderTradeSettlement",
  currency: "InvoiceCurrencyCode",
  summation: "SpecifiedTradeSettlementHeaderMonetarySummation",
  lineAgreement: "SpecifiedLineTradeAgreement",
  lineDelivery: "SpecifiedLineTradeDelivery",
  lineSettlement: "SpecifiedLineTradeSettlement",
  lineSummation: "SpecifiedTradeSettlementLineMonetarySummation",
} as const;

/** By root element. */
export const CII_VOCABULARIES: Readonly<Record<string, CiiVocabulary>> = {
  /** Cross Industry Invoice D16B and newer: ZUGFeRD 2.x, Factur-X, XRechnung. */
  CrossIndustryInvoice: { ...CURRENT, kind: "invoice", quantities: ["BilledQuantity"] },
  /** ZUGFeRD 1.0. */
  CrossIndustryDocument: {
    kind: "invoice",
    document: "HeaderExchangedDocument",
    transaction: "SpecifiedSupplyChainTradeTransaction",
    agreement: "ApplicableSupplyChainTradeAgreement",
    delivery: "ApplicableSupplyChainTradeDelivery",
    settlement: "ApplicableSupplyChainTradeSettlement",
    currency: "InvoiceCurrencyCode",
    summation: "SpecifiedTradeSettlementMonetarySummation",
    lineAgreement: "SpecifiedSupplyChainTradeAgreement",
    lineDelivery: "SpecifiedSupplyChainTradeDelivery",
    lineSettlement: "SpecifiedSupplyChainTradeSettlement",
    lineSummation: "SpecifiedTradeSettlementMonetarySummation",
    quantities: ["BilledQuantity"],
  },
  /** Cross Industry Order D20B: Order-X orders, order changes and order responses, the last of which agree on a quantity. */
  SCRDMCCBDACIOMessageStructure: {
    ...CURRENT,
    kind: "order",
    currency: "OrderCurrencyCode",
    quantities: ["AgreedQuantity", "RequestedQuantity"],
  },
  /** Cross Industry Despatch Advice: what is shipped beside an Order-X order. */
  SCRDMCCBDACIDAMessageStructure: {
    ...CURRENT,
    kind: "despatch",
    quantities: ["DespatchedQuantity", "RequestedQuantity"],
  },
};
