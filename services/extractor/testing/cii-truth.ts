import type { Facts, Line, Party } from "@flowstate/contracts";
import { at, textAt, treeOf, type XmlTree } from "./xml-tree.ts";

/**
 * What a Cross Industry Invoice of the profile EN 16931 states, read apart from the code under test: another parser, full
 * names with their prefixes, paths in one piece.
 */

const DOCUMENT = "rsm:CrossIndustryInvoice rsm:ExchangedDocument";
const TRADE = "rsm:CrossIndustryInvoice rsm:SupplyChainTradeTransaction";
const AGREEMENT = `${TRADE} ram:ApplicableHeaderTradeAgreement`;
const DELIVERY = `${TRADE} ram:ApplicableHeaderTradeDelivery`;
const SETTLEMENT = `${TRADE} ram:ApplicableHeaderTradeSettlement`;
const SUMS = `${SETTLEMENT} ram:SpecifiedTradeSettlementHeaderMonetarySummation`;

/** The codes that this corpus has, and what an accountant calls them. */
const TYPES: Readonly<Record<string, Facts["document_type"]>> = {
  "204": "invoice",
  "380": "invoice",
  "381": "credit_note",
  "384": "invoice",
  "387": "invoice",
  "389": "invoice",
  "575": "invoice",
  "877": "invoice",
};

export function ciiTruth(xml: string): Facts {
  const tree = treeOf(xml);
  const value = (path: string) => textAt(tree, path);
  const type = TYPES[value(`${DOCUMENT} ram:TypeCode`) ?? ""];
  if (type === undefined) throw new Error("the corpus has a type of document that nobody looked at");
  const account = at(tree, `${SETTLEMENT} ram:SpecifiedTradeSettlementPaymentMeans`).find(
    (means) => textAt(means, "ram:PayeePartyCreditorFinancialAccount ram:IBANID") !== null,
  );
  return {
    document_type: type,
    document_number: value(`${DOCUMENT} ram:ID`),
    document_date: isoDate(value(`${DOCUMENT} ram:IssueDateTime udt:DateTimeString`)),
    due_date: isoDate(value(`${SETTLEMENT} ram:SpecifiedTradePaymentTerms ram:DueDateDateTime udt:DateTimeString`)),
    references: {
      purchase_order_numbers: at(tree, `${AGREEMENT} ram:BuyerOrderReferencedDocument ram:IssuerAssignedID`).map(
        ({ text }) => text.trim(),
      ),
      contract_number: value(`${AGREEMENT} ram:ContractReferencedDocument ram:IssuerAssignedID`),
      delivery_note_number: value(`${DELIVERY} ram:DespatchAdviceReferencedDocument ram:IssuerAssignedID`),
      shipment_number: null,
      container_numbers: [],
      seal_numbers: [],
      vessel: null,
      voyage: null,
      port_of_loading: null,
      port_of_discharge: null,
      incoterm: null,
      incoterm_place: null,
    },
    currency: value(`${SETTLEMENT} ram:InvoiceCurrencyCode`),
    payment: {
      // The standard writes it without spaces, the corpus does not.
      iban: textAt(account, "ram:PayeePartyCreditorFinancialAccount ram:IBANID")?.replaceAll(" ", "") ?? null,
      bic: textAt(account, "ram:PayeeSpecifiedCreditorFinancialInstitution ram:BICID"),
    },
    vendor: party(at(tree, `${AGREEMENT} ram:SellerTradeParty`)[0]),
    buyer: party(at(tree, `${AGREEMENT} ram:BuyerTradeParty`)[0]),
    ship_to: party(at(tree, `${DELIVERY} ram:ShipToTradeParty`)[0]),
    carrier: null,
    lines: at(tree, `${TRADE} ram:IncludedSupplyChainTradeLineItem`).map(line),
    totals: {
      net: value(`${SUMS} ram:LineTotalAmount`),
      allowances: value(`${SUMS} ram:AllowanceTotalAmount`),
      charges: value(`${SUMS} ram:ChargeTotalAmount`),
      tax_basis: value(`${SUMS} ram:TaxBasisTotalAmount`),
      tax: value(`${SUMS} ram:TaxTotalAmount`),
      tax_by_rate: at(tree, `${SETTLEMENT} ram:ApplicableTradeTax`).map((tax) => ({
        rate: textAt(tax, "ram:RateApplicablePercent"),
        category: textAt(tax, "ram:CategoryCode"),
        basis: textAt(tax, "ram:BasisAmount"),
        amount: textAt(tax, "ram:CalculatedAmount"),
      })),
      gross: value(`${SUMS} ram:GrandTotalAmount`),
      prepaid: value(`${SUMS} ram:TotalPrepaidAmount`),
      withheld: null,
      rounding: value(`${SUMS} ram:RoundingAmount`),
      due: value(`${SUMS} ram:DuePayableAmount`),
      net_weight: null,
      gross_weight: null,
      packages: null,
      volume: null,
    },
    extra: [],
  };
}

function line(item: XmlTree): Line {
  const value = (path: string) => textAt(item, path);
  const quantity = at(item, "ram:SpecifiedLineTradeDelivery ram:BilledQuantity")[0];
  const product = "ram:SpecifiedTradeProduct";
  const price = "ram:SpecifiedLineTradeAgreement ram:NetPriceProductTradePrice";
  const settlement = "ram:SpecifiedLineTradeSettlement";
  if (at(item, `${settlement} ram:SpecifiedTradeAllowanceCharge`).length > 0) {
    throw new Error("the corpus has an allowance on a line, which nobody looked at");
  }
  const globalId = at(item, `${product} ram:GlobalID`)[0];
  const name = value(`${product} ram:Name`);
  const detail = value(`${product} ram:Description`);
  return {
    position: value("ram:AssociatedDocumentLineDocument ram:LineID"),
    seller_item_number: value(`${product} ram:SellerAssignedID`),
    buyer_item_number: value(`${product} ram:BuyerAssignedID`),
    gtin: globalId?.attributes["schemeID"] === "0160" ? globalId.text : null,
    hs_code: null,
    description: detail === null || detail === name ? name : `${name}\n${detail}`,
    quantity: quantity?.text ?? null,
    unit: quantity?.attributes["unitCode"] ?? null,
    unit_price: value(`${price} ram:ChargeAmount`),
    price_base_quantity: value(`${price} ram:BasisQuantity`),
    discount_amount: null,
    tax_rate: value(`${settlement} ram:ApplicableTradeTax ram:RateApplicablePercent`),
    amount: value(`${settlement} ram:SpecifiedTradeSettlementLineMonetarySummation ram:LineTotalAmount`),
    net_weight: null,
    gross_weight: null,
    packages: null,
    origin_country: value(`${product} ram:OriginTradeCountry ram:ID`),
    batch: null,
  };
}

function party(tree: XmlTree | undefined): Party {
  if (tree === undefined) return null;
  const address = (name: string) => textAt(tree, `ram:PostalTradeAddress ram:${name}`);
  const street = ["LineOne", "LineTwo", "LineThree"].map(address).filter((part) => part !== null);
  return {
    name: textAt(tree, "ram:Name"),
    street: street.length === 0 ? null : street.join(", "),
    postal_code: address("PostcodeCode"),
    city: address("CityName"),
    country: address("CountryID"),
    tax_ids: at(tree, "ram:SpecifiedTaxRegistration ram:ID").map(({ text, attributes }) => ({
      scheme: attributes["schemeID"] === "VA" ? "vat" : "tax_number",
      value: text.trim(),
    })),
  };
}

function isoDate(compact: string | null): string | null {
  return compact === null ? null : compact.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
}
