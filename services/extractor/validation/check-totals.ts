import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals, subtractDecimals, sumDecimals, withinTolerance } from "../decimal-arithmetic.ts";
import { sumOfLines } from "./check-lines.ts";
import { basisOfAll, combinedTaxes } from "./combined-taxes.ts";
import type { Finding } from "./finding.ts";
import { halfMinorUnit } from "./minor-unit.ts";

/**
 * Whether the totals follow from each other. Nothing is rounded between them, so they are equal to the smallest unit of the
 * currency. A total that is not stated is taken from those it would follow from; where that is not possible either,
 * nothing is checked.
 */
export function checkTotals(facts: Facts): Finding[] {
  const { totals, currency } = facts;
  const half = halfMinorUnit(currency);
  const equal = (a: Decimal, b: Decimal) => withinTolerance(a, b, half);
  const basis = basisOf(facts);
  const findings: Finding[] = [];

  if (totals.tax_basis !== null && !basisAgrees(totals.tax_basis, facts, computedBasis(facts), equal)) {
    findings.push({ rule: "tax_basis_differs", path: "/totals/tax_basis" });
  }
  if (totals.gross !== null && basis !== undefined) {
    const withTax = sumDecimals([basis, taxOf(facts)]);
    // Some print the total after rounding it, some round what is to be paid.
    const rounded = sumDecimals([withTax, totals.rounding ?? "0"]);
    if (!equal(totals.gross, withTax) && !equal(totals.gross, rounded)) {
      findings.push({ rule: "gross_total_differs", path: "/totals/gross" });
    }
  }
  if (totals.gross !== null && totals.due !== null) {
    const left = subtractDecimals(totals.gross, totals.prepaid ?? "0");
    const rounded = sumDecimals([left, totals.rounding ?? "0"]);
    if (!equal(totals.due, left) && !equal(totals.due, rounded)) {
      findings.push({ rule: "due_total_differs", path: "/totals/due" });
    }
  }
  return findings;
}

/** What is taxed: as stated, or computed from the rest. Undefined when neither is possible. */
export function basisOf(facts: Facts): Decimal | undefined {
  return facts.totals.tax_basis ?? computedBasis(facts);
}

/** net − allowances + charges; undefined when neither the net total nor all lines' amounts are stated. */
function computedBasis({ totals, lines }: Facts): Decimal | undefined {
  const net = totals.net ?? sumOfLines(lines);
  if (net === undefined) return undefined;
  return sumDecimals([subtractDecimals(net, totals.allowances ?? "0"), totals.charges ?? "0"]);
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

/** The total tax; the sum by rate when it is not stated. A document that states no tax has none. */
export function taxOf({ totals }: Facts): Decimal {
  return totals.tax ?? sumDecimals(totals.tax_by_rate.flatMap(({ amount }) => amount ?? []));
}
