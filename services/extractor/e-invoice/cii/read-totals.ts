import type { Totals } from "@flowstate/contracts";
import type { XmlElement } from "../parse-xml.ts";
import { decimal, inCurrency, measure, text } from "../xml-values.ts";
import { percent } from "./read-line.ts";
import type { CiiVocabulary } from "./vocabulary.ts";

export function readTotals(
  settlement: XmlElement | undefined,
  consignment: XmlElement | undefined,
  words: CiiVocabulary,
  currency: string | null,
): Totals {
  const sums = settlement?.find(words.summation);
  return {
    net: decimal(sums?.find("LineTotalAmount")), // BT-106
    allowances: decimal(sums?.find("AllowanceTotalAmount")), // BT-107
    charges: decimal(sums?.find("ChargeTotalAmount")), // BT-108
    tax_basis: decimal(sums?.find("TaxBasisTotalAmount")), // BT-109
    tax: decimal(inCurrency(sums?.all("TaxTotalAmount") ?? [], currency)), // BT-110
    tax_by_rate: (settlement?.all("ApplicableTradeTax") ?? []).map((tax) => ({
      rate: percent(tax), // BT-119
      category: text(tax.find("CategoryCode")), // BT-118
      basis: decimal(tax.find("BasisAmount")), // BT-116
      amount: decimal(tax.find("CalculatedAmount")), // BT-117
    })),
    gross: decimal(sums?.find("GrandTotalAmount")), // BT-112
    prepaid: decimal(sums?.find("TotalPrepaidAmount")), // BT-113
    // None of the profiles has it.
    withheld: null,
    rounding: decimal(sums?.find("RoundingAmount")), // BT-114
    due: decimal(sums?.find("DuePayableAmount")), // BT-115
    net_weight: measure(consignment?.find("NetWeightMeasure")),
    gross_weight: measure(consignment?.find("GrossWeightMeasure")),
    packages: decimal(consignment?.find("PackageQuantity")),
    volume: measure(consignment?.find("GrossVolumeMeasure")),
  };
}
