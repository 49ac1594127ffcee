import type { Facts, Grounding, Line } from "@flowstate/contracts";
import { compareDecimals } from "../decimal-arithmetic.ts";
import type { Finding } from "./finding.ts";

type TaxAtRate = Facts["totals"]["tax_by_rate"][number];

const FACTORS_OF_LINE = ["unit_price", "price_base_quantity", "discount_amount"] as const;

/**
 * Prices, discounts and rates that no page prints and that nothing else confirms. A page may print a price for another base,
 * or a rate in words: then what is calculated with it tells (`checkLineAmounts`, `checkTaxes`). A value whose neighbours were
 * left out of the answer has nobody to vouch for it.
 */
export function checkFactors({ lines, totals }: Facts, { fields }: Grounding): Finding[] {
  const absent = new Set(fields.flatMap(({ path, grounded }) => (grounded === "absent" ? [path] : [])));
  const rates = totals.tax_by_rate.flatMap((entry, index): Finding[] => {
    const path = `/totals/tax_by_rate/${index}/rate`;
    return absent.has(path) && isSomething(entry.rate) && !isTaxCalculated(entry)
      ? [{ rule: "total_not_on_page", path }]
      : [];
  });
  const unconfirmed = new Set(rates.map(({ path }) => path));
  const isListed = (rate: string) =>
    totals.tax_by_rate.some(
      (entry, index) =>
        entry.rate !== null &&
        compareDecimals(entry.rate, rate) === 0 &&
        !unconfirmed.has(`/totals/tax_by_rate/${index}/rate`),
    );
  const ofLines = lines.flatMap((line, index): Finding[] => {
    const factors = isLineCalculated(line) ? [] : FACTORS_OF_LINE.filter((name) => isSomething(line[name]));
    const rate = line.tax_rate !== null && isSomething(line.tax_rate) && !isListed(line.tax_rate) ? ["tax_rate"] : [];
    return [...factors, ...rate]
      .map((name) => `/lines/${index}/${name}`)
      .filter((path) => absent.has(path))
      .map((path) => ({ rule: "line_value_not_on_page", path }));
  });
  return [...rates, ...ofLines];
}

function isLineCalculated({ quantity, unit_price: price, amount }: Line): boolean {
  return quantity !== null && price !== null && amount !== null;
}

function isTaxCalculated({ basis, amount }: TaxAtRate): boolean {
  return basis !== null && amount !== null;
}

/** A rate, base or discount of nothing changes nothing, and is seldom printed. */
function isSomething(decimal: string | null): boolean {
  return decimal !== null && compareDecimals(decimal, "0") !== 0;
}
