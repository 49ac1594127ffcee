import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals, subtractDecimals, sumDecimals, withinTolerance } from "../decimal-arithmetic.ts";
import { basisOfAll, combinedTaxes } from "./combined-taxes.ts";
import type { Finding } from "./finding.ts";
import { halfMinorUnit, isRoundedToCoins } from "./minor-unit.ts";
import { sumOfLines } from "./sum-of-lines.ts";
import { lessAllowances, linesAreGross, linesIncludeTax, taxOf } from "./taxed-lines.ts";

/**
 * Whether the totals follow from each other. Nothing is rounded between them, so they are equal to the smallest unit of the
 * currency. A total that is not stated is taken from those it would follow from; where that is not possible either,
 * nothing is checked.
 */
export function checkTotals(facts: Facts): Finding[] {
  const { totals, currency } = facts;
  const half = halfMinorUnit(currency);
  const equal = (a: Decimal, b: Decimal) => withinTolerance(a, b, half);
  // Some round the total, some what is to be paid.
  const isRounded = (total: Decimal, exact: Decimal) =>
    equal(total, exact) || equal(total, sumDecimals([exact, totals.rounding ?? "0"]));
  const basis = basisOf(facts);
  const withTax = basis === undefined ? null : sumDecimals([basis, taxOf(facts)]);
  const findings: Finding[] = [];

  if (basis !== undefined && !basisAgrees(basis, facts, computedBasis(facts), equal)) {
    findings.push({ rule: "tax_basis_differs", path: "/totals/tax_basis" });
  }
  let gross = totals.gross ?? withTax;
  if (
    totals.gross !== null &&
    withTax !== null &&
    !isRounded(totals.gross, withTax) &&
    !isRoundedToCoins(totals.gross, withTax, currency)
  ) {
    if (isRounded(sumDecimals([totals.gross, totals.withheld ?? "0"]), withTax)) {
      findings.push({ rule: "gross_less_withheld", path: "/totals/gross" });
      gross = withTax;
    } else {
      findings.push(grossDiffers(facts));
    }
  }
  if (gross !== null && totals.due !== null) {
    const left = subtractDecimals(gross, sumDecimals([totals.prepaid ?? "0", totals.withheld ?? "0"]));
    if (!isRounded(totals.due, left)) findings.push({ rule: "due_total_differs", path: "/totals/due" });
  }
  return findings;
}

/** Where the lines are the total with tax and no total without it is stated, it is only not known that they contain the tax. */
function grossDiffers(facts: Facts): Finding {
  const { net, tax_basis: basis } = facts.totals;
  return net === null && basis === null && linesAreGross(facts)
    ? { rule: "net_total_differs", path: "/totals/net" }
    : { rule: "gross_total_differs", path: "/totals/gross" };
}

/** What is taxed: as stated, or computed from the rest. Undefined when neither is possible. */
export function basisOf(facts: Facts): Decimal | undefined {
  return facts.totals.tax_basis ?? computedBasis(facts);
}

/**
 * net − allowances + charges, less the tax where the lines contain it; undefined when neither the net total nor all lines'
 * amounts are stated.
 */
function computedBasis(facts: Facts): Decimal | undefined {
  const { totals, lines, currency } = facts;
  const sum = sumOfLines(lines);
  const net = totals.net ?? sum;
  if (net === undefined) return undefined;
  const isOfLines = sum !== undefined && withinTolerance(net, sum, halfMinorUnit(currency));
  const isTaxed = isOfLines && linesIncludeTax(facts);
  return subtractDecimals(lessAllowances(net, totals), isTaxed ? taxOf(facts) : "0");
}

function basisAgrees(
  basis: Decimal,
  facts: Facts,
  computed: Decimal | undefined,
  equal: (a: Decimal, b: Decimal) => boolean,
): boolean {
  if (computed !== undefined && !equal(basis, computed)) return false;
  const { tax_by_rate: entries } = facts.totals;
  const bases = entries.flatMap((entry) => entry.basis ?? []);
  if (bases.length === 0 || bases.length < entries.length) return true;
  const combined = combinedTaxes(facts, entries, basis);
  const taxed = combined.length === 0 ? sumDecimals(bases) : basisOfAll(combined);
  if (equal(basis, taxed)) return true;
  // What is not taxed is often left out of the printed table of taxes.
  const hasZeroRate = entries.some(({ rate }) => rate !== null && compareDecimals(rate, "0") === 0);
  return !hasZeroRate && compareDecimals(taxed, basis) < 0;
}
