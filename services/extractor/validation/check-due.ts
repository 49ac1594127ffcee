import type { Decimal, Facts } from "@flowstate/contracts";
import {
  absoluteDecimal,
  compareDecimals,
  divideDecimals,
  sumDecimals,
  withinTolerance,
} from "../decimal-arithmetic.ts";
import { basisOf } from "./check-totals.ts";
import type { Finding } from "./finding.ts";
import { halfMinorUnit } from "./minor-unit.ts";
import { grossOf, taxOf } from "./taxed-lines.ts";

/** Rounding to what can be paid in coins takes less than one unit of most currencies. */
const ROUNDING_MAX: Decimal = "1";
/** Where a unit buys nothing, coins are worth many: a thousandth of the total is below every rate of tax. */
const ROUNDING_MAX_PART = "1000";

/**
 * Whether what is to be paid can be: a total with tax, less a part of it that somebody paid or a coin that nobody has. Both
 * are sums that add up by themselves: a bill whose tax was read as paid, or as rounding, is right in every other rule.
 */
export function checkDue(facts: Facts): Finding[] {
  const findings: Finding[] = [];
  if (isWithoutTax(facts)) findings.push({ rule: "due_without_tax", path: "/totals/due" });
  if (!isRoundingPlausible(facts)) findings.push({ rule: "rounding_implausible", path: "/totals/rounding" });
  return findings;
}

function isWithoutTax(facts: Facts): boolean {
  const { totals, currency } = facts;
  const [due, basis, tax] = [totals.due ?? totals.gross, basisOf(facts), taxOf(facts)];
  if (due === null || basis === undefined || compareDecimals(tax, "0") === 0) return false;
  const isDue = (amount: Decimal) => withinTolerance(due, amount, halfMinorUnit(currency));
  return !isDue(sumDecimals([basis, tax])) && (isDue(basis) || isDue(tax));
}

/** BT-114 rounds the one amount that is to be paid, so it does not grow with the number of lines. */
function isRoundingPlausible({ totals }: Facts): boolean {
  const size = absoluteDecimal(totals.rounding ?? "0");
  if (compareDecimals(size, ROUNDING_MAX) < 0) return true;
  const part = divideDecimals(absoluteDecimal(grossOf(totals) ?? "0"), ROUNDING_MAX_PART) ?? "0";
  return compareDecimals(size, part) <= 0;
}
