import type { Decimal, Facts } from "@flowstate/contracts";
import {
  absoluteDecimal,
  compareDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
  withinTolerance,
} from "../decimal-arithmetic.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { basisOf } from "./check-totals.ts";
import { type CombinedTax, combinedTaxes, percentageOf, withInferredBases } from "./combined-taxes.ts";
import type { Finding } from "./finding.ts";
import { currencyExponent, halfMinorUnit, minorUnit } from "./minor-unit.ts";
import { grossOf, taxOf } from "./taxed-lines.ts";

type TaxAtRate = Facts["totals"]["tax_by_rate"][number];

/** Whether the taxes by rate follow from their rates, add up, and cover the rates of the lines. */
export function checkTaxes(facts: Facts): Finding[] {
  return [
    ...checkAmounts(facts),
    ...checkSum(facts),
    ...checkRates(facts),
    ...checkRatesOfLines(facts),
    ...checkTaxOfLines(facts),
  ];
}

/** What the buyer keeps back of the vendor's income is printed beside the tax on what is sold, and makes it less. */
function checkRates({ totals }: Facts): Finding[] {
  return totals.tax_by_rate.flatMap(({ rate }, index) =>
    rate !== null && compareDecimals(rate, "0") < 0
      ? [{ rule: "tax_rate_negative", path: `/totals/tax_by_rate/${index}/rate` } as const]
      : [],
  );
}

function checkAmounts(facts: Facts): Finding[] {
  const combined = combinedTaxes(facts, facts.totals.tax_by_rate, basisOf(facts));
  return facts.totals.tax_by_rate.flatMap((entry, index) =>
    amountFollows(
      entry,
      combined.filter(({ parts }) => parts.includes(index)),
      facts,
    )
      ? []
      : [{ rule: "tax_amount_differs", path: `/totals/tax_by_rate/${index}/amount` } as const],
  );
}

/** basis × rate, rounded in whatever direction; or the sum of what each line is taxed, each rounded by itself. */
function amountFollows(
  { rate, basis, amount }: TaxAtRate,
  combined: readonly CombinedTax[],
  { lines, currency }: Facts,
): boolean {
  if (rate === null || basis === null || amount === null) return true;
  const tax = percentageOf(basis, rate);
  if (compareDecimals(absoluteDecimal(subtractDecimals(tax, amount)), minorUnit(currency)) < 0) return true;
  const rates = new Set([rate, ...combined.map((each) => each.rate)].map(magnitude));
  const byLine = lines.flatMap((line) =>
    line.amount !== null && line.tax_rate !== null && rates.has(magnitude(line.tax_rate))
      ? roundDecimal(percentageOf(line.amount, rate), currencyExponent(currency))
      : [],
  );
  return byLine.length > 0 && withinTolerance(sumDecimals(byLine), amount, halfMinorUnit(currency));
}

function checkSum({ totals, currency }: Facts): Finding[] {
  const amounts = totals.tax_by_rate.flatMap(({ amount }) => amount ?? []);
  if (totals.tax === null || amounts.length === 0 || amounts.length < totals.tax_by_rate.length) return [];
  const adds = withinTolerance(sumDecimals(amounts), totals.tax, halfMinorUnit(currency));
  return adds ? [] : [{ rule: "tax_total_differs", path: "/totals/tax" }];
}

/** What is not taxed is often left out of the printed table of taxes; a line may state several taxes as one. */
function checkRatesOfLines(facts: Facts): Finding[] {
  const { lines, totals, currency } = facts;
  const rates = totals.tax_by_rate.flatMap(({ rate }) => rate ?? []);
  if (rates.length === 0 || rates.length < totals.tax_by_rate.length) return [];
  const whole = basisOf(facts);
  const combined = combinedTaxes(facts, withInferredBases(totals.tax_by_rate, whole, currency), whole);
  const listed = new Set([...rates, ...combined.map(({ rate }) => rate)].map(magnitude));
  return lines.flatMap(({ tax_rate: rate }, index) =>
    rate === null || magnitude(rate) === "0" || listed.has(magnitude(rate))
      ? []
      : [{ rule: "tax_rate_of_line_unlisted", path: `/lines/${index}/tax_rate` } as const],
  );
}

/** Orders often state rates and no total with tax: there is nothing to miss in them. */
function checkTaxOfLines(facts: Facts): Finding[] {
  const { lines, totals } = facts;
  const isTaxed = lines.some(({ amount, tax_rate: rate }) => isMoreThanNothing(amount) && isMoreThanNothing(rate));
  if (grossOf(totals) === null || !isTaxed || compareDecimals(taxOf(facts), "0") !== 0) return [];
  return [{ rule: "tax_of_lines_missing", path: "/totals/tax" }];
}

function isMoreThanNothing(decimal: Decimal | null): boolean {
  return decimal !== null && compareDecimals(absoluteDecimal(decimal), "0") > 0;
}
