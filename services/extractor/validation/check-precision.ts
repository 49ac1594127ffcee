import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals, roundDecimal } from "../decimal-arithmetic.ts";
import type { Finding } from "./finding.ts";
import { currencyExponent } from "./minor-unit.ts";

const AMOUNTS = [
  "net",
  "allowances",
  "charges",
  "tax_basis",
  "tax",
  "gross",
  "prepaid",
  "withheld",
  "rounding",
  "due",
] as const;
const AMOUNTS_BY_RATE = ["basis", "amount"] as const;

/**
 * Whether the totals are amounts that their currency has. A total of 1.234 yen is 1,234 yen, read in another country's way.
 * The amounts of lines are not asked, because some are stated as they were before they were rounded.
 */
export function checkPrecision({ totals, currency }: Facts): Finding[] {
  const exponent = currencyExponent(currency);
  const isTooPrecise = (amount: Decimal | null) =>
    amount !== null && compareDecimals(amount, roundDecimal(amount, exponent)) !== 0;
  const paths = [
    ...AMOUNTS.filter((name) => isTooPrecise(totals[name])),
    ...totals.tax_by_rate.flatMap((entry, index) =>
      AMOUNTS_BY_RATE.filter((name) => isTooPrecise(entry[name])).map((name) => `tax_by_rate/${index}/${name}`),
    ),
  ];
  return paths.map((path) => ({ rule: "total_too_precise", path: `/totals/${path}` }));
}
