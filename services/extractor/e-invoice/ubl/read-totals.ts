import type { Decimal, Totals } from "@flowstate/contracts";
import { sumDecimals } from "../../decimal-arithmetic.ts";
import type { XmlElement } from "../parse-xml.ts";
import { decimal, inCurrency, measure, text } from "../xml-values.ts";
import type { UblVocabulary } from "./vocabulary.ts";

export function readTotals(
  root: XmlElement,
  shipment: XmlElement | undefined,
  words: UblVocabulary,
  currency: string | null,
): Totals {
  const sums = root.find(words.totals);
  const taxTotals = root.all("TaxTotal");
  const tax = inCurrency(
    taxTotals.flatMap((total) => total.find("TaxAmount") ?? []),
    currency,
  );
  return {
    net: decimal(sums?.find("LineExtensionAmount")), // BT-106
    allowances: decimal(sums?.find("AllowanceTotalAmount")), // BT-107
    charges: decimal(sums?.find("ChargeTotalAmount")), // BT-108
    tax_basis: decimal(sums?.find("TaxExclusiveAmount")), // BT-109
    // BT-110
    tax: decimal(tax),
    // A total in another currency (BT-111) is not ours to break down.
    tax_by_rate: taxTotals
      .filter((total) => {
        const stated = total.find("TaxAmount")?.attribute("currencyID");
        return taxTotals.length === 1 || stated === undefined || stated === currency;
      })
      .flatMap((total) => total.all("TaxSubtotal"))
      .map(taxAtRate),
    gross: decimal(sums?.find("TaxInclusiveAmount")), // BT-112
    prepaid: decimal(sums?.find("PrepaidAmount")), // BT-113
    withheld: withheldIn(root.all("WithholdingTaxTotal"), currency),
    rounding: decimal(sums?.find("PayableRoundingAmount")), // BT-114
    due: decimal(sums?.find("PayableAmount")), // BT-115
    net_weight: measure(shipment?.find("NetWeightMeasure")),
    gross_weight: measure(shipment?.find("GrossWeightMeasure")),
    packages: decimal(shipment?.find("TotalTransportHandlingUnitQuantity")),
    volume: measure(shipment?.find("GrossVolumeMeasure")),
  };
}

/** Withheld is tax of several kinds; null where there is none, or one of them cannot be read. */
function withheldIn(totals: readonly XmlElement[], currency: string | null): Decimal | null {
  const amounts = totals.map((total) => decimal(inCurrency(total.all("TaxAmount"), currency)));
  const known = amounts.flatMap((amount) => amount ?? []);
  return known.length === 0 || known.length < amounts.length ? null : sumDecimals(known);
}

function taxAtRate(subtotal: XmlElement): Totals["tax_by_rate"][number] {
  return {
    rate: decimal(subtotal.find("TaxCategory", "Percent") ?? subtotal.find("Percent")), // BT-119
    category: text(subtotal.find("TaxCategory", "ID")), // BT-118
    basis: decimal(subtotal.find("TaxableAmount")), // BT-116
    amount: decimal(subtotal.find("TaxAmount")), // BT-117
  };
}
