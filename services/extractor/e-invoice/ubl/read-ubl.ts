import type { Facts } from "@flowstate/contracts";
import { documentTypeOf } from "../document-type.ts";
import type { XmlElement } from "../parse-xml.ts";
import { code, currency, date, text } from "../xml-values.ts";
import { readLine } from "./read-line.ts";
import { readParty, readShipTo } from "./read-party.ts";
import { readReferences } from "./read-references.ts";
import { readTotals } from "./read-totals.ts";
import { UBL_VOCABULARIES, type UblVocabulary } from "./vocabulary.ts";

/** An account number has the form of an IBAN; its check digits are validated later. */
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]+$/;

/**
 * A UBL 2.1 invoice, credit note, order or order response to `Facts`. The comments beside it name the business terms of
 * EN 16931 (BT-…). Undefined when the document is none of these: other formats have roots of the same names.
 */
export function readUbl(xml: XmlElement): Facts | undefined {
  for (const [name, words] of Object.entries(UBL_VOCABULARIES)) {
    const root = xml.find(name);
    if (root?.find(words.supplier, "Party") !== undefined) return readDocument(root, words);
  }
  return undefined;
}

function readDocument(root: XmlElement, words: UblVocabulary): Facts {
  const delivery = root.find("Delivery");
  const shipment = delivery?.find("Shipment");
  const [outer, ...inner] = words.line;
  const lines = root.all(outer);
  const items = lines.flatMap((line) => line.find(...inner) ?? []);
  const documentCurrency = currency(root.find("DocumentCurrencyCode")); // BT-5
  return {
    document_type: documentType(root, items, words),
    document_number: text(root.find("ID")), // BT-1
    document_date: date(root.find("IssueDate")), // BT-2
    due_date: date(root.find("DueDate") ?? root.find("PaymentMeans", "PaymentDueDate")), // BT-9
    references: readReferences(root, lines),
    currency: documentCurrency,
    payment: readPayment(root),
    vendor: readParty(root.find(words.supplier, "Party")),
    buyer: readParty(root.find(words.customer, "Party")),
    ship_to: readShipTo(delivery),
    carrier: readParty(delivery?.find("CarrierParty") ?? shipment?.find("Consignment", "CarrierParty")),
    lines: items.map((line) => readLine(line, words)),
    totals: readTotals(root, shipment, words, documentCurrency),
    extra: [],
  };
}

function documentType(root: XmlElement, items: readonly XmlElement[], words: UblVocabulary): Facts["document_type"] {
  return documentTypeOf(words.kind, {
    type: words.typeCode === undefined ? undefined : root.find(words.typeCode)?.text, // BT-3
    response: root.find("OrderResponseCode")?.text,
    lineStatuses: items.map((item) => item.find("LineStatusCode")?.text),
  });
}

/** The first account that is an IBAN (BT-84), with its bank (BT-86). */
function readPayment(root: XmlElement): Facts["payment"] {
  for (const means of root.all("PaymentMeans")) {
    const account = means.find("PayeeFinancialAccount");
    const iban = code(account?.find("ID"));
    if (iban !== null && IBAN.test(iban)) return { iban, bic: code(account?.find("FinancialInstitutionBranch", "ID")) };
  }
  return { iban: null, bic: null };
}
