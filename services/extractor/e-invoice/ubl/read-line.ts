import type { Line } from "@flowstate/contracts";
import { discountOf } from "../discount.ts";
import type { XmlElement } from "../parse-xml.ts";
import { country, decimal, description, gtin, hsCode, indicator, measure, text, unitCode } from "../xml-values.ts";
import type { UblVocabulary } from "./vocabulary.ts";

/** Lines within lines (XRechnung's extension) only say what the outer line is made of: they count in no sum. */
export function readLine(line: XmlElement, words: UblVocabulary): Line {
  const item = line.find("Item");
  const price = line.find("Price");
  const shipment = line.find("Delivery", "Shipment");
  const quantity = line.find(words.quantity);
  return {
    position: text(line.find("ID")), // BT-126
    seller_item_number: text(item?.find("SellersItemIdentification", "ID")), // BT-155
    buyer_item_number: text(item?.find("BuyersItemIdentification", "ID")), // BT-156
    gtin: gtin((item?.all("StandardItemIdentification") ?? []).flatMap((standard) => standard.find("ID") ?? [])),
    hs_code: hsCode(classifications(item)),
    description: description(item?.find("Name"), item?.find("Description")),
    quantity: decimal(quantity), // BT-129
    unit: unitCode(quantity), // BT-130
    unit_price: decimal(price?.find("PriceAmount")), // BT-146
    price_base_quantity: decimal(price?.find("BaseQuantity")), // BT-149
    discount_amount: discountOf(
      line.all("AllowanceCharge").map((element) => ({
        isCharge: indicator(element.find("ChargeIndicator")?.text),
        amount: decimal(element.find("Amount")), // BT-136, BT-141
      })),
    ),
    tax_rate: decimal(item?.find("ClassifiedTaxCategory", "Percent")), // BT-152
    amount: decimal(line.find("LineExtensionAmount")), // BT-131
    net_weight: measure(shipment?.find("NetWeightMeasure")),
    gross_weight: measure(shipment?.find("GrossWeightMeasure")),
    packages: decimal(shipment?.find("TotalTransportHandlingUnitQuantity")),
    origin_country: country(item?.find("OriginCountry", "IdentificationCode")), // BT-159
    batch: text(item?.find("ItemInstance", "LotIdentification", "LotNumberID")),
  };
}

function classifications(item: XmlElement | undefined): readonly XmlElement[] {
  return (item?.all("CommodityClassification") ?? []).flatMap(
    (classification) => classification.find("ItemClassificationCode") ?? [],
  );
}
