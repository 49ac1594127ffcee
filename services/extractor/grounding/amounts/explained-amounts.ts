import type { Decimal, Facts, Line, Totals } from "@flowstate/contracts";
import {
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
} from "../../decimal-arithmetic.ts";
import { currencyExponent } from "../../validation/minor-unit.ts";
import { factValues } from "../fact-values.ts";
import type { LineTable, TableKey } from "../lines/line-table.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";

/** Percentages above this are no discount for paying early. */
const MAX_CASH_DISCOUNT = 15;
/** Parts of one whole. */
const MAX_PARTS = 50;
/** Numbers that are no amounts. */
const COUNTED = /\/(?:quantity|packages|tax_rate|rate|price_base_quantity)$|\/(?:net_weight|gross_weight|volume)\//;
/** Longer documents are added up from their first line only. */
const MAX_BEGINNINGS = 1_000;

/** Which of these numbers, in reading order, are no lines of their own: what was read, and what follows from it. */
export function explainedAmounts(
  numbers: readonly PlacedNumber[],
  facts: Facts,
  printed: PrintedDocument,
  table: LineTable,
): ReadonlySet<PlacedNumber> {
  const explained = new Set<PlacedNumber>();
  const wholes = wholesOf(facts, table);
  for (let at = 0; at < numbers.length; ) {
    const parts = partsOfWhole(numbers.slice(at, at + MAX_PARTS), wholes);
    for (const part of parts) explained.add(part);
    at += Math.max(1, parts.length);
  }
  const known = new Set([...statedAmounts(facts, table.key), ...derivedAmounts(facts, printed)]);
  const isSum = sumsOfLines(facts.lines, table.key);
  for (const number of numbers) {
    if (number.readings.some((reading) => known.has(reading) || isSum(reading))) explained.add(number);
  }
  return explained;
}

/** Amounts that were read, by magnitude; where the table is of something else, every number that was. */
function statedAmounts(facts: Facts, key: TableKey): readonly string[] {
  const isAmount = (path: string) => key !== "amount" || !COUNTED.test(path);
  return factValues(facts).flatMap(({ kind, path, value }) =>
    kind === "number" && isAmount(path) ? magnitude(value) : [],
  );
}

/** By magnitude, and a smallest unit more or less, because nobody knows when who rounded. */
function derivedAmounts({ lines, totals, currency }: Facts, printed: PrintedDocument): ReadonlySet<string> {
  const scale = currencyExponent(currency);
  const unit = scale === 0 ? "1" : `0.${"1".padStart(scale, "0")}`;
  const amounts = [
    ...lines.flatMap(amountsOfLine),
    ...sumsByRate(lines),
    ...amountsOfTotals(totals),
    ...cashDiscounts(totals, printed),
  ];
  return new Set(
    amounts.flatMap((amount) => {
      const rounded = roundDecimal(amount, scale);
      return [rounded, sumDecimals([rounded, unit]), subtractDecimals(rounded, unit)].map(magnitude);
    }),
  );
}

/** With tax, its tax, and before its discount, if it has one. */
function amountsOfLine({ amount, tax_rate, discount_amount }: Line): Decimal[] {
  if (amount === null) return [];
  const tax = tax_rate === null ? [] : percentages(amount, tax_rate);
  return discount_amount === null ? tax : [...tax, sumDecimals([amount, discount_amount])];
}

function sumsByRate(lines: readonly Line[]): Decimal[] {
  const byRate = Map.groupBy(lines, ({ tax_rate }) => (tax_rate === null ? "" : magnitude(tax_rate)));
  return [...byRate].flatMap(([rate, group]) => {
    const sum = sumDecimals(group.flatMap(({ amount }) => amount ?? []));
    return rate === "" ? [sum] : [sum, ...percentages(sum, rate)];
  });
}

/** Between the totals, and for each rate of tax. */
function amountsOfTotals({ net, allowances, charges, gross, prepaid, withheld, tax_by_rate }: Totals): Decimal[] {
  const afterAllowances =
    net === null ? [] : [subtractDecimals(net, allowances ?? "0"), sumDecimals([net, charges ?? "0"])];
  const afterPayment =
    gross === null ? [] : [prepaid ?? "0", withheld ?? "0"].map((part) => subtractDecimals(gross, part));
  const withTax = tax_by_rate.flatMap(({ basis, amount }) =>
    basis === null || amount === null ? [] : sumDecimals([basis, amount]),
  );
  return [...afterAllowances, ...afterPayment, ...withTax];
}

/** What may be taken off for paying early, and what is left: for each percentage that the document prints. */
function cashDiscounts({ gross, due, tax_basis }: Totals, { numbers }: PrintedDocument): Decimal[] {
  const rates = new Set(numbers.flatMap(({ isPercentage, readings }) => (isPercentage ? readings : [])));
  return [...rates]
    .filter((rate) => Number(rate) <= MAX_CASH_DISCOUNT)
    .flatMap((rate) =>
      [gross, due, tax_basis].flatMap((total) => (total === null ? [] : percentages(total, `-${rate}`))),
    );
}

/** The part, and the whole with the part added. */
function percentages(whole: Decimal, percent: Decimal): Decimal[] {
  const part = divideDecimals(multiplyDecimals(whole, percent), "100") ?? "0";
  return [part, sumDecimals([whole, part])];
}

/** Carried forward: the lines from the first to any, added up. Of one page or group: those from any to any. */
function sumsOfLines(lines: readonly Line[], key: TableKey): (reading: string) => boolean {
  const sums: Decimal[] = ["0"];
  for (const line of lines) sums.push(sumDecimals([sums.at(-1) ?? "0", keyValue(line, key)]));
  const known = new Set(sums.map(signed));
  const beginnings = sums.length <= MAX_BEGINNINGS ? sums : ["0"];
  return (reading) =>
    beginnings.some(
      (sum) => known.has(signed(sumDecimals([sum, reading]))) || known.has(signed(subtractDecimals(sum, reading))),
    );
}

/** What may be printed in parts: the allowances one by one, the batches of a line that is there as a whole, too. */
function wholesOf({ lines, totals }: Facts, { key, anchors }: LineTable): ReadonlySet<string> {
  const found = lines.filter((_, index) => anchors[index] !== undefined).map((line) => keyValue(line, key));
  const wholes = [totals.allowances, totals.charges, totals.prepaid, totals.withheld, ...found];
  return new Set(wholes.flatMap((whole) => (whole === null || magnitude(whole) === "0" ? [] : magnitude(whole))));
}

/** The first of these, as many as add up to a whole; none if they never do. */
function partsOfWhole(numbers: readonly PlacedNumber[], wholes: ReadonlySet<string>): readonly PlacedNumber[] {
  let sum: Decimal = "0";
  for (const [index, { readings }] of numbers.entries()) {
    sum = sumDecimals([sum, readings[0] ?? "0"]);
    if (wholes.has(magnitude(sum))) return numbers.slice(0, index + 1);
  }
  return [];
}

function keyValue(line: Line, key: TableKey): Decimal {
  const field = line[key];
  return typeof field === "string" ? field : (field?.value ?? "0");
}

function signed(decimal: Decimal): string {
  const size = magnitude(decimal);
  return decimal.startsWith("-") && size !== "0" ? `-${size}` : size;
}
