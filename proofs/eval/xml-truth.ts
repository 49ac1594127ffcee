import { at, textAt, treeOf, type XmlTree } from "../../services/extractor/testing/xml-tree.ts";

/** What is expected: facts in the shape of the schema, as far as the truth knows them. */
export type Truth = Readonly<Record<string, unknown>>;

/** UNTDID 1001: those whose name nobody would dispute. */
const TYPES: Readonly<Record<string, string>> = { "380": "invoice", "381": "credit_note", "220": "purchase_order" };

/**
 * What an e-invoice states, read apart from the code under test: by another parser, by the endings of names in place of
 * tables of vocabularies. Only what is stated is in it. Undefined for XML that is neither UN/CEFACT nor UBL.
 */
export function xmlTruth(bytes: Uint8Array): Truth | undefined {
  const [root] = treeOf(plainXml(bytes)).children;
  if (root === undefined) return undefined;
  if (child(root, /SupplyChainTradeTransaction$/) !== undefined) return stated(ciiTruth(root));
  return at(root, "LegalMonetaryTotal").length + at(root, "AnticipatedMonetaryTotal").length > 0
    ? stated(ublTruth(root))
    : undefined;
}

/** In the encoding that it declares; without prefixes, which producers choose freely, and without CDATA. */
function plainXml(bytes: Uint8Array): string {
  const [, declared = "utf-8"] =
    /encoding=["']([\w-]+)["']/.exec(new TextDecoder("latin1").decode(bytes.subarray(0, 200))) ?? [];
  return new TextDecoder(declared)
    .decode(bytes)
    .replaceAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_match, text: string) =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
    )
    .replaceAll(/<!DOCTYPE[^>]*>/g, "")
    .replaceAll(/(<\/?)[\w.-]+:/g, "$1")
    .replaceAll(/='([^'"]*)'/g, '="$1"');
}

function child(tree: XmlTree | undefined, name: RegExp): XmlTree | undefined {
  return tree?.children.find((one) => name.test(one.name));
}

function ciiTruth(root: XmlTree): Truth {
  const document = child(root, /ExchangedDocument$/);
  const trade = child(root, /SupplyChainTradeTransaction$/);
  const agreement = child(trade, /^Applicable.*TradeAgreement$/);
  const delivery = child(trade, /^Applicable.*TradeDelivery$/);
  const settlement = child(trade, /^Applicable.*TradeSettlement$/);
  const sums = child(settlement, /MonetarySummation$/);
  const currency = textAt(settlement, "InvoiceCurrencyCode") ?? textAt(settlement, "OrderCurrencyCode");
  const taxes = sums === undefined ? [] : at(sums, "TaxTotalAmount");
  return {
    document_type: TYPES[textAt(document, "TypeCode") ?? ""],
    document_number: textAt(document, "ID"),
    document_date: ciiDate(textAt(document, "IssueDateTime DateTimeString")),
    due_date: ciiDate(textAt(settlement, "SpecifiedTradePaymentTerms DueDateDateTime DateTimeString")),
    currency,
    payment: {
      iban: textAt(
        at(settlement ?? root, "SpecifiedTradeSettlementPaymentMeans PayeePartyCreditorFinancialAccount")[0],
        "IBANID",
      )?.replaceAll(/\s/g, ""),
    },
    vendor: ciiParty(child(agreement, /^SellerTradeParty$/)),
    buyer: ciiParty(child(agreement, /^BuyerTradeParty$/)),
    ship_to: ciiParty(child(delivery, /^ShipToTradeParty$/)),
    lines: at(trade ?? root, "IncludedSupplyChainTradeLineItem")
      .filter(isItem)
      .map(ciiLine),
    totals: {
      net: textAt(sums, "LineTotalAmount"),
      allowances: textAt(sums, "AllowanceTotalAmount"),
      charges: textAt(sums, "ChargeTotalAmount"),
      tax_basis: textAt(sums, "TaxBasisTotalAmount"),
      tax: (taxes.find(({ attributes }) => attributes["currencyID"] === currency) ?? taxes[0])?.text.trim(),
      tax_by_rate: at(settlement ?? root, "ApplicableTradeTax").map((tax) => ({
        rate: textAt(tax, "RateApplicablePercent") ?? textAt(tax, "ApplicablePercent"),
        category: textAt(tax, "CategoryCode"),
        basis: textAt(tax, "BasisAmount"),
        amount: textAt(tax, "CalculatedAmount"),
      })),
      gross: textAt(sums, "GrandTotalAmount"),
      prepaid: textAt(sums, "TotalPrepaidAmount"),
      rounding: textAt(sums, "RoundingAmount"),
      due: textAt(sums, "DuePayableAmount"),
    },
  };
}

/** Notes between the lines, and lines that group or explain others, are no items. */
function isItem(line: XmlTree): boolean {
  const role = textAt(line, "AssociatedDocumentLineDocument LineStatusReasonCode");
  return at(line, "SpecifiedTradeProduct").length > 0 && role !== "GROUP" && role !== "INFORMATION";
}

function ciiLine(line: XmlTree): Truth {
  const [product] = at(line, "SpecifiedTradeProduct");
  const price = at(child(line, /TradeAgreement$/) ?? line, "NetPriceProductTradePrice")[0];
  const delivery = child(line, /TradeDelivery$/);
  const settlement = child(line, /TradeSettlement$/);
  const [globalId] = at(product ?? line, "GlobalID");
  const quantity = child(delivery, /^(?:BilledQuantity|AgreedQuantity)$/) ?? child(delivery, /Quantity$/);
  return {
    position: textAt(line, "AssociatedDocumentLineDocument LineID"),
    seller_item_number: textAt(product, "SellerAssignedID"),
    buyer_item_number: textAt(product, "BuyerAssignedID"),
    gtin: globalId?.attributes["schemeID"] === "0160" ? globalId.text.trim() : null,
    description: joined(textAt(product, "Name"), textAt(product, "Description")),
    quantity: quantity?.text.trim(),
    unit: quantity?.attributes["unitCode"],
    unit_price: textAt(price, "ChargeAmount"),
    price_base_quantity: textAt(price, "BasisQuantity"),
    tax_rate:
      textAt(settlement, "ApplicableTradeTax RateApplicablePercent") ??
      textAt(settlement, "ApplicableTradeTax ApplicablePercent"),
    amount: textAt(child(settlement, /MonetarySummation$/), "LineTotalAmount"),
    origin_country: textAt(product, "OriginTradeCountry ID"),
  };
}

function ciiParty(party: XmlTree | undefined): Truth {
  const address = (name: string) => textAt(party, `PostalTradeAddress ${name}`);
  return {
    name: textAt(party, "Name"),
    street: ["LineOne", "LineTwo", "LineThree"].flatMap((name) => address(name) ?? []).join(", "),
    postal_code: address("PostcodeCode"),
    city: address("CityName"),
    country: address("CountryID"),
    tax_ids: (party === undefined ? [] : at(party, "SpecifiedTaxRegistration ID")).map(({ text }) => ({
      value: text.trim(),
    })),
  };
}

function ciiDate(text: string | null): string | null {
  return text?.replace(/^(\d{4})(\d{2})(\d{2}).*$/, "$1-$2-$3") ?? null;
}

function ublTruth(root: XmlTree): Truth {
  const party = (role: RegExp) => at(child(root, role) ?? root, "Party")[0];
  const sums = child(root, /MonetaryTotal$/);
  const currency = textAt(root, "DocumentCurrencyCode");
  const taxes = at(root, "TaxTotal");
  const inCurrency = taxes.filter((tax) => at(tax, "TaxAmount")[0]?.attributes["currencyID"] === currency);
  const tax = inCurrency[0] ?? taxes[0];
  return {
    document_type: TYPES[textAt(root, "InvoiceTypeCode") ?? textAt(root, "CreditNoteTypeCode") ?? ""],
    document_number: textAt(root, "ID"),
    document_date: textAt(root, "IssueDate"),
    due_date: textAt(root, "DueDate") ?? textAt(root, "PaymentMeans PaymentDueDate"),
    currency,
    vendor: ublParty(party(/^(?:AccountingSupplier|SellerSupplier)Party$/)),
    buyer: ublParty(party(/^(?:AccountingCustomer|BuyerCustomer)Party$/)),
    lines: [...at(root, "InvoiceLine"), ...at(root, "CreditNoteLine"), ...at(root, "OrderLine LineItem")].map(ublLine),
    totals: {
      net: textAt(sums, "LineExtensionAmount"),
      allowances: textAt(sums, "AllowanceTotalAmount"),
      charges: textAt(sums, "ChargeTotalAmount"),
      tax_basis: textAt(sums, "TaxExclusiveAmount"),
      tax: textAt(tax, "TaxAmount"),
      tax_by_rate: (tax === undefined ? [] : at(tax, "TaxSubtotal")).map((subtotal) => ({
        rate: textAt(subtotal, "TaxCategory Percent"),
        category: textAt(subtotal, "TaxCategory ID"),
        basis: textAt(subtotal, "TaxableAmount"),
        amount: textAt(subtotal, "TaxAmount"),
      })),
      gross: textAt(sums, "TaxInclusiveAmount"),
      prepaid: textAt(sums, "PrepaidAmount"),
      rounding: textAt(sums, "PayableRoundingAmount"),
      due: textAt(sums, "PayableAmount"),
    },
  };
}

function ublLine(line: XmlTree): Truth {
  const quantity = child(line, /Quantity$/);
  return {
    position: textAt(line, "ID"),
    seller_item_number: textAt(line, "Item SellersItemIdentification ID"),
    buyer_item_number: textAt(line, "Item BuyersItemIdentification ID"),
    description: joined(textAt(line, "Item Name"), textAt(line, "Item Description")),
    quantity: quantity?.text.trim(),
    unit: quantity?.attributes["unitCode"],
    unit_price: textAt(line, "Price PriceAmount"),
    price_base_quantity: textAt(line, "Price BaseQuantity"),
    tax_rate: textAt(line, "Item ClassifiedTaxCategory Percent"),
    amount: textAt(line, "LineExtensionAmount"),
    origin_country: textAt(line, "Item OriginCountry IdentificationCode"),
  };
}

function ublParty(party: XmlTree | undefined): Truth {
  return {
    name: textAt(party, "PartyLegalEntity RegistrationName") ?? textAt(party, "PartyName Name"),
    postal_code: textAt(party, "PostalAddress PostalZone"),
    city: textAt(party, "PostalAddress CityName"),
    country: textAt(party, "PostalAddress Country IdentificationCode"),
    tax_ids: (party === undefined ? [] : at(party, "PartyTaxScheme CompanyID")).map(({ text }) => ({
      value: text.trim(),
    })),
  };
}

function joined(name: string | null, detail: string | null): string | null {
  return detail === null || detail === name ? name : `${name === null ? "" : `${name}\n`}${detail}`;
}

/** Without what is null, empty or an empty object, all the way down. */
function stated(truth: Truth): Truth {
  return Object.fromEntries(
    Object.entries(truth).flatMap(([name, value]) => {
      const kept = statedValue(value);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

function statedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(statedValue);
  if (typeof value !== "object" || value === null) return value === null || value === "" ? undefined : value;
  const inner = stated(Object.fromEntries(Object.entries(value)));
  return Object.keys(inner).length === 0 ? undefined : inner;
}
