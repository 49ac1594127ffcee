import type { Decimal, Facts, Line } from "@flowstate/contracts";
import {
  absoluteDecimal,
  compareDecimals,
  multiplyDecimals,
  subtractDecimals,
  sumDecimals,
  withinTolerance,
} from "../decimal-arithmetic.ts";
import { isBareLine } from "./bare-line.ts";
import type { Finding } from "./finding.ts";
import { halfMinorUnit, minorUnit } from "./minor-unit.ts";
import { lineValue, sumOf } from "./sum-of-lines.ts";
import { linesIncludeTax } from "./taxed-lines.ts";

/** Whether each line's amount follows from its quantity and price. A line that does not state all three is not checked. */
export function checkLineAmounts({ lines, currency }: Facts): Finding[] {
  const unit = minorUnit(currency);
  return lines.flatMap((line, index): Finding[] => {
    if (!hasBase(line)) return [{ rule: "price_base_not_positive", path: `/lines/${index}/price_base_quantity` }];
    return amountFollows(line, unit) ? [] : [{ rule: "line_amount_differs", path: `/lines/${index}/amount` }];
  });
}

/** A price is for something (EN 16931-3: BT-149 is greater than zero); the sign of a line is its quantity's. */
function hasBase({ price_base_quantity: base }: Line): boolean {
  return base === null || compareDecimals(base, "0") > 0;
}

/**
 * quantity × price ÷ base − discount = amount, multiplied by the base to stay exact. Amounts are rounded to the smallest
 * unit in whatever direction (Japanese law leaves it open), so they differ by less than one.
 */
function amountFollows(line: Line, unit: Decimal): boolean {
  const { quantity, unit_price: price, amount } = line;
  if (quantity === null || price === null || amount === null) return true;
  const base = line.price_base_quantity ?? "1";
  const before = sumDecimals([amount, line.discount_amount ?? "0"]);
  const difference = subtractDecimals(multiplyDecimals(quantity, price), multiplyDecimals(before, base));
  return compareDecimals(absoluteDecimal(difference), multiplyDecimals(unit, base)) < 0;
}

/**
 * Whether the net total is the sum of the lines: of their amounts as stated, or of their exact values, rounded at the end.
 * Not checked when a line has neither an amount nor what one follows from, or when the lines contain their tax.
 */
export function checkNetTotal(facts: Facts): Finding[] {
  const {
    lines: all,
    totals: { net },
    currency,
  } = facts;
  if (linesIncludeTax(facts)) return [{ rule: "lines_include_tax", path: "/lines" }];
  const lines = all.filter((line) => !isBareLine(line));
  if (net === null || lines.length === 0) return [];
  const half = halfMinorUnit(currency);
  const sums = [sumOf(lines.map((line) => line.amount ?? lineValue(line))), sumOf(lines.map(lineValue))];
  const known = sums.flatMap((sum) => sum ?? []);
  const agrees = known.length === 0 || known.some((sum) => withinTolerance(sum, net, half));
  return agrees ? [] : [{ rule: "net_total_differs", path: "/totals/net" }];
}
