import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals, subtractDecimals, sumDecimals, withinTolerance } from "../decimal-arithmetic.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { basisOf } from "./check-totals.ts";
import { basisOfAll, type CombinedTax, combinedTaxes } from "./combined-taxes.ts";
import type { Finding } from "./finding.ts";
import { halfMinorUnit } from "./minor-unit.ts";
import { sumOfLines } from "./sum-of-lines.ts";
import { grossOf, linesIncludeTax } from "./taxed-lines.ts";

type TaxAtRate = Facts["totals"]["tax_by_rate"][number];

/** How much more is taxed at one rate than the lines of this rate amount to. */
interface TaxedMore {
  /** Of the first entry with this rate; undefined for what is not taxed and not listed. */
  readonly index: number | undefined;
  readonly more: Decimal;
}

/**
 * Whether what is taxed at each rate is what its lines amount to (EN 16931, BR-S-08 and its siblings), with its tax where
 * lines contain theirs. At which rate an allowance or a charge on the whole document is taxed is not stated, so it may be at
 * any. Not checked where lines do not say their rates and amounts, or where the sums differ as a whole, of which other rules
 * tell.
 */
export function checkTaxedLines(facts: Facts): Finding[] {
  const { lines, totals, currency } = facts;
  const [allowances, charges] = [totals.allowances ?? "0", totals.charges ?? "0"];
  const half = halfMinorUnit(currency);
  const isWithTax = linesIncludeTax(facts);
  const entries = withMissingBasis(totals);
  const whole = isWithTax ? grossOf(totals) : totals.tax_basis;
  const taxes = isWithTax
    ? combinedTaxes(facts, entries.map(withItsTax), whole ?? undefined)
    : combinedTaxes(facts, entries, basisOf(facts));
  const byRate = taxedByRate(lines, [...taxes, ...untaxedRest(taxes, whole)]);
  const sum = sumDecimals(byRate.map(({ more }) => more));
  if (!withinTolerance(sum, subtractDecimals(charges, allowances), half)) return [];
  const above = byRate.filter(({ more }) => compareDecimals(more, "0") > 0);
  // Charges make it more at some rates, and so do allowances that are taken back; what is less elsewhere follows from the sum.
  const explained = sumDecimals(
    [charges, subtractDecimals("0", allowances)].filter((each) => compareDecimals(each, "0") > 0),
  );
  const unexplained = subtractDecimals(sumDecimals(above.map(({ more }) => more)), explained);
  if (compareDecimals(unexplained, half) <= 0) return [];
  return above.map(({ index }) => ({
    rule: "taxed_lines_differ",
    path: index === undefined ? "/totals/tax_basis" : `/totals/tax_by_rate/${index}/basis`,
  }));
}

function withItsTax(entry: TaxAtRate): TaxAtRate {
  const { basis, amount } = entry;
  return { ...entry, basis: basis === null || amount === null ? null : sumDecimals([basis, amount]) };
}

/** What is not taxed is often left out of the printed table: what the bases in it leave of the whole. */
function untaxedRest(taxes: readonly CombinedTax[], whole: Decimal | null): readonly CombinedTax[] {
  if (whole === null || taxes.length === 0 || taxes.some(({ rate }) => compareDecimals(rate, "0") === 0)) return [];
  const rest = subtractDecimals(whole, basisOfAll(taxes));
  return compareDecimals(rest, "0") === 0 ? [] : [{ rate: "0", basis: rest, parts: [] }];
}

/** One basis that was left out is what the others leave of the whole. */
function withMissingBasis({ tax_by_rate: entries, tax_basis: whole }: Facts["totals"]): Facts["totals"]["tax_by_rate"] {
  const known = entries.flatMap(({ basis }) => basis ?? []);
  if (whole === null || known.length !== entries.length - 1) return entries;
  const rest = subtractDecimals(whole, known.length === 0 ? "0" : sumDecimals(known));
  return entries.map((entry) => (entry.basis === null ? { ...entry, basis: rest } : entry));
}

/** Nothing where a line or a rate does not say enough. */
function taxedByRate(lines: Facts["lines"], taxes: readonly CombinedTax[]): readonly TaxedMore[] {
  if (taxes.length === 0 || lines.some(({ tax_rate }) => tax_rate === null)) return [];
  const linesByRate = Map.groupBy(lines, ({ tax_rate }) => magnitude(tax_rate ?? "0"));
  const taxed = [...Map.groupBy(taxes, ({ rate }) => magnitude(rate))].map(([rate, ofRate]) => {
    const amount = linesByRate.has(rate) ? sumOfLines(linesByRate.get(rate) ?? []) : "0";
    const index = ofRate[0]?.parts[0];
    return { index, more: amount === undefined ? undefined : subtractDecimals(basisOfAll(ofRate), amount) };
  });
  const known = taxed.flatMap(({ index, more }) => (more === undefined ? [] : { index, more }));
  return known.length < taxed.length ? [] : known;
}
