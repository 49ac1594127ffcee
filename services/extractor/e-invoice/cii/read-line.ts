import type { Line } from "@flowstate/contracts";
import { type AllowanceOrCharge, discountOf } from "../discount.ts";
import type { XmlElement } from "../parse-xml.ts";
import { country, decimal, description, gtin, hsCode, indicator, measure, text, unitCode } from "../xml-values.ts";
import type { CiiVocabulary } from "./vocabulary.ts";

/** Lines of the profile EXTENDED that repeat or explain others, and count in no sum (BT-X-8). */
const NO_ITEM: readonly (string | undefined)[] = ["GROUP", "INFORMATION"];

/** Undefined for a line that is no item: a subtotal, or a note that stands between lines (ZUGFeRD 1.0). */
export function readLine(line: XmlElement, words: CiiVocabulary): Line | undefined {
  const document = line.find("AssociatedDocumentLineDocument");
  if (NO_ITEM.includes(document?.find("LineStatusReasonCode")?.text)) return undefined;
  const product = line.find("SpecifiedTradeProduct");
  const delivery = line.find(words.lineDelivery);
  const settlement = line.find(words.lineSettlement);
  const agreement = line.find(words.lineAgreement);
  const price = agreement?.find("NetPriceProductTradePrice");
  const quantity = words.quantities.flatMap((name) => delivery?.find(name) ?? [])[0];
  const item = {
    seller_item_number: text(product?.find("SellerAssignedID")), // BT-155
    buyer_item_number: text(product?.find("BuyerAssignedID")), // BT-156
    gtin: gtin(product?.all("GlobalID") ?? []),
    hs_code: hsCode(classifications(product)),
    description: description(product?.find("Name"), product?.find("Description")),
    quantity: decimal(quantity), // BT-129
    unit: unitCode(quantity), // BT-130
    unit_price: decimal(price?.find("ChargeAmount")), // BT-146
    // BT-149, which goes for both prices and may stand beside either.
    price_base_quantity: decimal(
      price?.find("BasisQuantity") ?? agreement?.find("GrossPriceProductTradePrice", "BasisQuantity"),
    ),
    discount_amount: discountOf((settlement?.all("SpecifiedTradeAllowanceCharge") ?? []).map(allowanceOrCharge)),
    tax_rate: percent(settlement?.find("ApplicableTradeTax")), // BT-152
    amount: decimal(settlement?.find(words.lineSummation, "LineTotalAmount")), // BT-131
    net_weight: measure(delivery?.find("NetWeightMeasure")),
    gross_weight: measure(delivery?.find("GrossWeightMeasure")),
    packages: decimal(delivery?.find("PackageQuantity")), // BT-X-47
    origin_country: country(product?.find("OriginTradeCountry", "ID")), // BT-159
    batch: text(product?.find("BatchID") ?? product?.find("IndividualTradeProductInstance", "BatchID")),
  };
  if (Object.values(item).every((value) => value === null)) return undefined;
  return { position: text(document?.find("LineID")), ...item }; // BT-126
}

/** The rate of a `TradeTax`, whose name ZUGFeRD 1.0 does not qualify. */
export function percent(tax: XmlElement | undefined): Line["tax_rate"] {
  return decimal(tax?.find("RateApplicablePercent") ?? tax?.find("ApplicablePercent"));
}

function classifications(product: XmlElement | undefined): readonly XmlElement[] {
  return (product?.all("DesignatedProductClassification") ?? []).flatMap(
    (classification) => classification.find("ClassCode") ?? [],
  );
}

function allowanceOrCharge(element: XmlElement): AllowanceOrCharge {
  return {
    isCharge: indicator(element.find("ChargeIndicator", "Indicator")?.text),
    amount: decimal(element.find("ActualAmount")), // BT-136, BT-141
  };
}
