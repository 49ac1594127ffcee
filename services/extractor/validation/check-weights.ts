import type { Decimal, Facts, Measure, ValidationRule } from "@flowstate/contracts";
import { compareDecimals, subtractDecimals, sumDecimals } from "../decimal-arithmetic.ts";
import type { Finding } from "./finding.ts";
import { type Grams, gramsOf } from "./weight.ts";

/** Whether weights and packages of the lines add up to those of the whole, and nothing is lighter with its packaging. */
export function checkWeights(facts: Facts): Finding[] {
  const { lines, totals } = facts;
  return [
    ...checkSum("net_weight_differs", "net_weight", facts),
    ...checkSum("gross_weight_differs", "gross_weight", facts),
    ...checkNetBelowGross(totals, "/totals"),
    ...lines.flatMap((line, index) => checkNetBelowGross(line, `/lines/${index}`)),
    ...checkPackages(facts),
  ];
}

function checkSum(rule: ValidationRule, field: "net_weight" | "gross_weight", { lines, totals }: Facts): Finding[] {
  const total = totals[field] === null ? undefined : gramsOf(totals[field]);
  const weights = lines.flatMap((line) => (line[field] === null ? [] : (gramsOf(line[field]) ?? [])));
  if (total === undefined || weights.length === 0) return [];
  const sum = sumDecimals(weights.map(({ grams }) => grams));
  const rounding = sumDecimals([total, ...weights].map(({ roundedBy }) => roundedBy));
  const agrees = sumsAgree(sum, total.grams, rounding, weights.length === lines.length);
  return agrees ? [] : [{ rule, path: `/totals/${field}/value` }];
}

/**
 * Whether they differ by less than `rounding`. Lines that state nothing, or nothing that can be added, may hold the rest, but
 * cannot make it less.
 */
function sumsAgree(sum: Decimal, total: Decimal, rounding: Decimal, complete: boolean): boolean {
  if (compareDecimals(subtractDecimals(sum, total), rounding) >= 0) return false;
  return !complete || compareDecimals(subtractDecimals(total, sum), rounding) < 0;
}

function checkNetBelowGross(
  { net_weight, gross_weight }: { readonly net_weight: Measure; readonly gross_weight: Measure },
  path: string,
): Finding[] {
  if (net_weight === null || gross_weight === null) return [];
  const [net, gross] = [gramsOf(net_weight), gramsOf(gross_weight)];
  if (net === undefined || gross === undefined || !isHeavier(net, gross)) return [];
  return [{ rule: "net_weight_above_gross", path: `${path}/net_weight/value` }];
}

function isHeavier(one: Grams, other: Grams): boolean {
  const rounding = sumDecimals([one.roundedBy, other.roundedBy]);
  return compareDecimals(subtractDecimals(one.grams, other.grams), rounding) >= 0;
}

/** Packages are whole: they differ by one or not at all. */
function checkPackages({ lines, totals }: Facts): Finding[] {
  const stated = lines.flatMap(({ packages }) => packages ?? []);
  if (totals.packages === null || stated.length === 0) return [];
  const agrees = sumsAgree(sumDecimals(stated), totals.packages, "1", stated.length === lines.length);
  return agrees ? [] : [{ rule: "packages_differ", path: "/totals/packages" }];
}
