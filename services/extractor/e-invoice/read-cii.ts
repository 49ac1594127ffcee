import {
  canonicalDecimal,
  type Decimal,
  EXTRACTION_MAX_LINES,
  EXTRACTION_SCHEMA_VERSION,
  type Extraction,
  type ExtractionLine,
  extractionSchema,
  type Party,
} from "@flowstate/contracts";
import { divideDecimals } from "../decimal-arithmetic.ts";
import type { XmlElement } from "./parse-xml.ts";

/**
 * UN/CEFACT Cross Industry Invoice to `Extraction`. The comments name the business terms of EN 16931 (BT-…). ZUGFeRD 2.x,
 * Factur-X and XRechnung share one vocabulary; ZUGFeRD 1.0 has the same structure under older names.
 */
interface Vocabulary {
  readonly document: string;
  readonly transaction: string;
  readonly agreement: string;
  readonly settlement: string;
  readonly summation: string;
  readonly lineAgreement: string;
  readonly lineDelivery: string;
  readonly lineSettlement: string;
  readonly lineSummation: string;
}

const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  CrossIndustryInvoice: {
    document: "ExchangedDocument",
    transaction: "SupplyChainTradeTransaction",
    agreement: "ApplicableHeaderTradeAgreement",
    settlement: "ApplicableHeaderTradeSettlement",
    summation: "SpecifiedTradeSettlementHeaderMonetarySummation",
    lineAgreement: "SpecifiedLineTradeAgreement",
    lineDelivery: "SpecifiedLineTradeDelivery",
    lineSettlement: "SpecifiedLineTradeSettlement",
    lineSummation: "SpecifiedTradeSettlementLineMonetarySummation",
  },
  CrossIndustryDocument: {
    document: "HeaderExchangedDocument",
    transaction: "SpecifiedSupplyChainTradeTransaction",
    agreement: "ApplicableSupplyChainTradeAgreement",
    settlement: "ApplicableSupplyChainTradeSettlement",
    summation: "SpecifiedTradeSettlementMonetarySummation",
    lineAgreement: "SpecifiedSupplyChainTradeAgreement",
    lineDelivery: "SpecifiedSupplyChainTradeDelivery",
    lineSettlement: "SpecifiedSupplyChainTradeSettlement",
    lineSummation: "SpecifiedTradeSettlementMonetarySummation",
  },
};

/** UNTDID 1001 codes of documents that take money back; every other type in a CII message is some kind of invoice. */
const CREDIT_NOTE_CODES: ReadonlySet<string> = new Set([
  "81",
  "83",
  "261",
  "262",
  "296",
  "308",
  "381",
  "396",
  "420",
  "458",
  "532",
]);

/** The bounds of the extraction schema on texts. What is longer is cut: a name is better cut than missing. */
const TEXT_MAX_LENGTH = 512;
const DESCRIPTION_MAX_LENGTH = 4_096;
const UNIT_MAX_LENGTH = 32;

/** Undefined when the document is no CII invoice, or carries more than an extraction can. */
export function readCii(xml: XmlElement): Extraction | undefined {
  for (const [name, words] of Object.entries(VOCABULARIES)) {
    const root = xml.find(name);
    if (root !== undefined) return readInvoice(root, words);
  }
  return undefined;
}

function readInvoice(root: XmlElement, words: Vocabulary): Extraction | undefined {
  const document = root.find(words.document);
  const transaction = root.find(words.transaction);
  if (document === undefined || transaction === undefined) return undefined;
  const agreement = transaction.find(words.agreement);
  const settlement = transaction.find(words.settlement);
  const lines = transaction.all("IncludedSupplyChainTradeLineItem");
  if (lines.length > EXTRACTION_MAX_LINES) return undefined;
  const currency = pattern(settlement?.find("InvoiceCurrencyCode"), /^[A-Z]{3}$/); // BT-5
  const candidate: Extraction = {
    schema_version: EXTRACTION_SCHEMA_VERSION,
    document_type: CREDIT_NOTE_CODES.has(document.find("TypeCode")?.text ?? "") ? "credit_note" : "invoice", // BT-3
    document_number: text(document.find("ID")), // BT-1
    document_date: date(document.find("IssueDateTime")), // BT-2
    purchase_order_number: text(
      agreement?.find("BuyerOrderReferencedDocument", "IssuerAssignedID") ?? // BT-13
        agreement?.find("BuyerOrderReferencedDocument", "ID"),
    ),
    currency,
    vendor: party(agreement?.find("SellerTradeParty")),
    buyer: party(agreement?.find("BuyerTradeParty")),
    lines: lines.map((line) => readLine(line, words)),
    totals: readTotals(settlement?.find(words.summation), currency),
  };
  // The mapping should make nothing else; if a value of some document proves it wrong, the document is not usable.
  const parsed = extractionSchema.safeParse(candidate);
  return parsed.success ? parsed.data : undefined;
}

function readLine(line: XmlElement, words: Vocabulary): ExtractionLine {
  const product = line.find("SpecifiedTradeProduct");
  const quantity = line.find(words.lineDelivery, "BilledQuantity");
  const summation = line.find(words.lineSettlement, words.lineSummation);
  return {
    position: text(line.find("AssociatedDocumentLineDocument", "LineID")), // BT-126
    // BT-155, BT-157, BT-156
    item_number: text(
      product?.find("SellerAssignedID") ?? product?.find("GlobalID") ?? product?.find("BuyerAssignedID"),
    ),
    description: description(product),
    quantity: decimal(quantity), // BT-129
    unit: cut(quantity?.attribute("unitCode"), UNIT_MAX_LENGTH), // BT-130
    unit_price: unitPrice(line.find(words.lineAgreement, "NetPriceProductTradePrice")),
    amount: decimal(summation?.find("LineTotalAmount")), // BT-131
    weight: null,
  };
}

/** The net price (BT-146) is per base quantity (BT-149), which is one where it is not given. */
function unitPrice(price: XmlElement | undefined): Decimal | null {
  const amount = decimal(price?.find("ChargeAmount"));
  const base = decimal(price?.find("BasisQuantity"));
  if (amount === null || base === null || /^1(?:\.0+)?$/.test(base)) return amount;
  return divideDecimals(amount, base) ?? null;
}

/** The item's name (BT-153), and its description (BT-154) where that says something else. */
function description(product: XmlElement | undefined): string | null {
  const name = product?.find("Name")?.text;
  const detail = product?.find("Description")?.text;
  const parts = [name, detail === name ? undefined : detail].filter((part) => part !== undefined);
  return cut(parts.join("\n"), DESCRIPTION_MAX_LENGTH);
}

function readTotals(summation: XmlElement | undefined, currency: string | null): Extraction["totals"] {
  return {
    net: decimal(summation?.find("TaxBasisTotalAmount")), // BT-109
    tax: decimal(inCurrency(summation?.all("TaxTotalAmount") ?? [], currency)), // BT-110
    gross: decimal(summation?.find("GrandTotalAmount")), // BT-112
    due: decimal(summation?.find("DuePayableAmount")), // BT-115
    net_weight: null,
    gross_weight: null,
  };
}

/** The tax total may be given twice, the second time in the currency of the tax authority (BT-111). */
function inCurrency(amounts: readonly XmlElement[], currency: string | null): XmlElement | undefined {
  return amounts.find((amount) => amount.attribute("currencyID") === currency) ?? amounts[0];
}

function party(element: XmlElement | undefined): Party {
  if (element === undefined) return null;
  const address = element.find("PostalTradeAddress");
  const street = ["LineOne", "LineTwo", "LineThree"].flatMap((line) => address?.find(line)?.text ?? []);
  return {
    name: text(element.find("Name")), // BT-27, BT-44
    street: cut(street.join(", "), TEXT_MAX_LENGTH),
    postal_code: text(address?.find("PostcodeCode")),
    city: text(address?.find("CityName")),
    country: pattern(address?.find("CountryID"), /^[A-Z]{2}$/),
    tax_id: taxId(element),
  };
}

/** The VAT identifier (BT-31, BT-48) before any local tax number. */
function taxId(element: XmlElement): string | null {
  const ids = element.all("SpecifiedTaxRegistration").flatMap((registration) => registration.find("ID") ?? []);
  return text(ids.find((id) => id.attribute("schemeID") === "VA") ?? ids[0]);
}

function text(element: XmlElement | undefined): string | null {
  return cut(element?.text, TEXT_MAX_LENGTH);
}

/** The first `length` UTF-16 units, without half a surrogate pair at the end. */
function cut(value: string | undefined, length: number): string | null {
  if (value === undefined || value === "") return null;
  return value.length <= length ? value : value.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

function pattern(element: XmlElement | undefined, shape: RegExp): string | null {
  const value = element?.text;
  return value !== undefined && shape.test(value) ? value : null;
}

function decimal(element: XmlElement | undefined): Decimal | null {
  return element?.text === undefined ? null : (canonicalDecimal(element.text) ?? null);
}

/** Format 102 (`20261123`), a longer one that begins with it, or an ISO 8601 date (ZUGFeRD 1.0). */
function date(element: XmlElement | undefined): string | null {
  const spelled = (element?.find("DateTimeString") ?? element?.find("DateTime"))?.text;
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:\D|\d{4}(?:\d{2})?$|$)/.exec(spelled ?? "");
  if (match === null) return null;
  const iso = `${match[1]}-${match[2]}-${match[3]}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : null;
}
