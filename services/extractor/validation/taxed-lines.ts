import type { Decimal, Facts } from "@flowstate/contracts";
import {
  absoluteDecimal,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
  sumDecimals,
  withinTolerance,
} from "../decimal-arithmetic.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { halfMinorUnit, minorUnit } from "./minor-unit.ts";
import { sumOfLines } from "./sum-of-lines.ts";

type Totals = Facts["totals"];

/** The total tax; the sum by rate when it is not stated. A document that states no tax has none. */
export function taxOf({ totals }: Facts): Decimal {
  return totals.tax ?? sumDecimals(totals.tax_by_rate.flatMap(({ amount }) => amount ?? []));
}

/** The total with tax, which bills that are paid as a whole print only as what is due. */
export function grossOf({ gross, due, prepaid, withheld, rounding }: Totals): Decimal | null {
  if (gross !== null || due === null) return gross;
  return sumDecimals([due, prepaid ?? "0", withheld ?? "0", subtractDecimals("0", rounding ?? "0")]);
}

/** What the lines amount to with all that is taken off or added for the whole document. */
export function lessAllowances(net: Decimal, { allowances, charges }: Totals): Decimal {
  return sumDecimals([subtractDecimals(net, allowances ?? "0"), charges ?? "0"]);
}

/**
 * Whether the amounts of the lines contain their tax, as receipts print them and bills to consumers: together they are the
 * total with tax. That alone would excuse any number that was read for the tax of a bill without one, so the tax has to
 * follow from something else as well: from a total without tax, or from a rate.
 */
export function linesIncludeTax(facts: Facts): boolean {
  return linesAreGross(facts) && isTaxWithin(facts);
}

/** Whether the lines add up to the total with tax, although there is tax. */
export function linesAreGross(facts: Facts): boolean {
  const [sum, gross] = [sumOfLines(facts.lines), grossOf(facts.totals)];
  if (sum === undefined || gross === null || compareDecimals(taxOf(facts), "0") === 0) return false;
  return withinTolerance(lessAllowances(sum, facts.totals), gross, halfMinorUnit(facts.currency));
}

function isTaxWithin(facts: Facts): boolean {
  const { totals, lines, currency } = facts;
  const gross = grossOf(totals) ?? "0";
  const tax = taxOf(facts);
  const isWhole = (basis: Decimal) => withinTolerance(sumDecimals([basis, tax]), gross, halfMinorUnit(currency));
  const bases = totals.tax_by_rate.flatMap(({ basis }) => basis ?? []);
  const stated = [totals.tax_basis, totals.net, bases.length === 0 ? null : sumDecimals(bases)];
  if (stated.some((basis) => basis !== null && isWhole(basis))) return true;
  const rates = (totals.tax_by_rate.length > 0 ? totals.tax_by_rate.map(rateAt) : lines.map(rateOf)).map(magnitude);
  const [rate] = rates;
  if (rate === undefined || new Set(rates).size > 1) return false;
  const within = divideDecimals(multiplyDecimals(gross, rate), sumDecimals(["100", rate]));
  return (
    within !== undefined && compareDecimals(absoluteDecimal(subtractDecimals(within, tax)), minorUnit(currency)) < 0
  );
}

function rateAt({ rate }: Totals["tax_by_rate"][number]): Decimal {
  return rate ?? "0";
}

function rateOf({ tax_rate: rate }: Facts["lines"][number]): Decimal {
  return rate ?? "0";
}
