import type { Facts } from "@flowstate/contracts";
import { documentTypeOf } from "../document-type.ts";
import type { XmlElement } from "../parse-xml.ts";
import { code, currency, date, indicator, text } from "../xml-values.ts";
import { readLine } from "./read-line.ts";
import { readParty } from "./read-party.ts";
import { readReferences } from "./read-references.ts";
import { readTotals } from "./read-totals.ts";
import { CII_VOCABULARIES, type CiiVocabulary } from "./vocabulary.ts";

/**
 * A message of UN/CEFACT's Supply Chain Reference Data Model to `Facts`. The comments beside it name the business terms of
 * EN 16931 (BT-…), and of the profile EXTENDED (BT-X-…). Undefined when the document is no such message.
 */
export function readCii(xml: XmlElement): Facts | undefined {
  for (const [name, words] of Object.entries(CII_VOCABULARIES)) {
    const root = xml.find(name);
    if (root !== undefined) return readMessage(root, words);
  }
  return undefined;
}

function readMessage(root: XmlElement, words: CiiVocabulary): Facts | undefined {
  const document = root.find(words.document);
  const transaction = root.find(words.transaction);
  if (document === undefined || transaction === undefined) return undefined;
  const agreement = transaction.find(words.agreement);
  const delivery = transaction.find(words.delivery);
  const settlement = transaction.find(words.settlement);
  const consignment = delivery?.find("RelatedSupplyChainConsignment");
  const lines = transaction.all("IncludedSupplyChainTradeLineItem");
  const documentCurrency = currency(settlement?.find(words.currency)); // BT-5
  return {
    document_type: isTest(root) ? "other" : documentType(document, lines, words),
    document_number: text(document.find("ID")), // BT-1
    document_date: dateIn(document.find("IssueDateTime")), // BT-2
    due_date: dueDate(settlement), // BT-9
    references: readReferences({ agreement, delivery, consignment, lines }, words),
    currency: documentCurrency,
    payment: readPayment(settlement),
    vendor: readParty(agreement?.find("SellerTradeParty")),
    buyer: readParty(agreement?.find("BuyerTradeParty")),
    ship_to: readParty(delivery?.find("ShipToTradeParty")),
    carrier: readParty(consignment?.find("CarrierTradeParty")),
    lines: lines.flatMap((line) => readLine(line, words) ?? []),
    totals: readTotals(settlement, consignment, words, documentCurrency),
    extra: [],
  };
}

function documentType(
  document: XmlElement,
  lines: readonly XmlElement[],
  { kind }: CiiVocabulary,
): Facts["document_type"] {
  return documentTypeOf(kind, {
    type: document.find("TypeCode")?.text, // BT-3
    purpose: document.find("PurposeCode")?.text,
    lineStatuses: lines.map((line) => line.find("AssociatedDocumentLineDocument", "LineStatusCode")?.text),
  });
}

/** Whether the message was sent to try the way (BT-X-1). */
function isTest(root: XmlElement): boolean {
  const contexts = ["ExchangedDocumentContext", "SpecifiedExchangedDocumentContext"];
  return contexts.some((context) => indicator(root.find(context, "TestIndicator", "Indicator")?.text) === true);
}

/** The first that is stated: where a sum is paid in parts, the first part is due then. */
function dueDate(settlement: XmlElement | undefined): string | null {
  const terms = settlement?.all("SpecifiedTradePaymentTerms") ?? [];
  return dateIn(terms.flatMap((term) => term.find("DueDateDateTime") ?? [])[0]);
}

/** The first account that is named, with its bank. */
function readPayment(settlement: XmlElement | undefined): Facts["payment"] {
  const means = settlement?.all("SpecifiedTradeSettlementPaymentMeans") ?? [];
  const account = means.find((way) => way.find("PayeePartyCreditorFinancialAccount", "IBANID") !== undefined);
  return {
    iban: code(account?.find("PayeePartyCreditorFinancialAccount", "IBANID")), // BT-84
    bic: code(account?.find("PayeeSpecifiedCreditorFinancialInstitution", "BICID")), // BT-86
  };
}

function dateIn(element: XmlElement | undefined): string | null {
  return date(element?.find("DateTimeString") ?? element?.find("DateTime"));
}
