import type { Decimal, Facts } from "@flowstate/contracts";
import {
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
  withinTolerance,
} from "../decimal-arithmetic.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { currencyExponent, halfMinorUnit, minorUnit } from "./minor-unit.ts";

type TaxByRate = Facts["totals"]["tax_by_rate"];

/** What is levied on one part of what is taxed: one tax, or several whose rates add up. */
export interface CombinedTax {
  readonly rate: Decimal;
  readonly basis: Decimal;
  /** Indices of its taxes in `tax_by_rate`; none for what is not listed there. */
  readonly parts: readonly number[];
}

const PERCENT: Decimal = "0.01";

interface CompleteTax {
  readonly rate: Decimal;
  readonly basis: Decimal;
  readonly index: number;
}

/**
 * The taxes as the lines know them: CGST and SGST of 9 % each are 18 % on one basis, and so are GST and QST in Canada, where
 * one of the two may be levied on a part only. Which of this it is follows from what is taxed in all (`whole`): bases that
 * are more than that are counted more than once. Empty where a rate or a basis is not stated; where nothing adds up, each
 * tax by itself.
 */
export function combinedTaxes(
  { lines, currency }: Pick<Facts, "lines" | "currency">,
  entries: TaxByRate,
  whole: Decimal | undefined,
): readonly CombinedTax[] {
  const taxes = entries.flatMap(({ rate, basis }, index) =>
    rate === null || basis === null ? [] : { rate, basis, index },
  );
  if (taxes.length < entries.length) return [];
  const single = taxes.map(({ rate, basis, index }) => ({ rate, basis, parts: [index] }));
  if (whole === undefined) return single;
  const half = halfMinorUnit(currency);
  const bands = byBands(taxes);
  const ways = [single, byBasisAndRate(taxes), byBasis(taxes), ...(isStatedBy(lines, bands) ? [bands] : [])];
  // What is not taxed is often left out of the printed table of taxes.
  const untaxed = sumDecimals(lines.flatMap(({ tax_rate, amount }) => (isZero(tax_rate) ? (amount ?? []) : [])));
  for (const taxed of [whole, subtractDecimals(whole, untaxed)]) {
    const exact = ways.find((way) => withinTolerance(basisOfAll(way), taxed, half));
    if (exact !== undefined) return exact;
  }
  const isMore = (way: readonly CombinedTax[]) => compareDecimals(size(basisOfAll(way)), size(whole)) > 0;
  return isMore(single) ? (ways.find((way) => way !== bands && !isMore(way)) ?? single) : single;
}

/** Whether lines state the rate of all these taxes together: elsewhere bases of different sizes are those of different lines. */
function isStatedBy(lines: Facts["lines"], bands: readonly CombinedTax[]): boolean {
  const most = bands.find(({ parts }) => parts.length === Math.max(...bands.map((band) => band.parts.length)));
  return most !== undefined && lines.some(({ tax_rate }) => tax_rate !== null && size(tax_rate) === size(most.rate));
}

function isZero(rate: Decimal | null): boolean {
  return rate !== null && compareDecimals(rate, "0") === 0;
}

/** With a basis for each tax that states none: the whole, where its amount follows from that, else what it follows from. */
export function withInferredBases(entries: TaxByRate, whole: Decimal | undefined, currency: string | null): TaxByRate {
  return entries.map((entry) => {
    const { rate, basis, amount } = entry;
    if (basis !== null || rate === null || amount === null) return entry;
    const ofWhole = whole === undefined ? undefined : percentageOf(whole, rate);
    if (whole !== undefined && ofWhole !== undefined && withinTolerance(ofWhole, amount, minorUnit(currency)))
      return { ...entry, basis: whole };
    const inferred = divideDecimals(multiplyDecimals(amount, "100"), rate);
    return { ...entry, basis: inferred === undefined ? null : roundDecimal(inferred, currencyExponent(currency)) };
  });
}

/** What is levied at a rate of this percentage. Exact. */
export function percentageOf(basis: Decimal, rate: Decimal): Decimal {
  return multiplyDecimals(multiplyDecimals(basis, rate), PERCENT);
}

/** The bases of all these, added up. */
export function basisOfAll(taxes: readonly CombinedTax[]): Decimal {
  return sumDecimals(taxes.map(({ basis }) => basis));
}

/** Two halves of one tax, as in India: one for the union, one for the state. */
function byBasisAndRate(taxes: readonly CompleteTax[]): readonly CombinedTax[] {
  return combinedBy(taxes, ({ basis, rate }) => `${signed(basis)} ${magnitude(rate)}`);
}

function byBasis(taxes: readonly CompleteTax[]): readonly CombinedTax[] {
  return combinedBy(taxes, ({ basis }) => signed(basis));
}

function combinedBy(taxes: readonly CompleteTax[], key: (tax: CompleteTax) => string): readonly CombinedTax[] {
  return [...Map.groupBy(taxes, key).values()].map((group) => ({
    rate: sumDecimals(group.map(({ rate }) => rate)),
    basis: group[0]?.basis ?? "0",
    parts: group.map(({ index }) => index),
  }));
}

/** Each tax on a part of what the one before it is levied on: what only the first is, what the second is, too, and so on. */
function byBands(taxes: readonly CompleteTax[]): readonly CombinedTax[] {
  const falling = taxes.toSorted((a, b) => compareDecimals(size(b.basis), size(a.basis)));
  return falling.flatMap(({ basis }, at) => {
    const band = falling.slice(0, at + 1);
    const rest = subtractDecimals(basis, falling[at + 1]?.basis ?? "0");
    if (compareDecimals(rest, "0") === 0) return [];
    return { rate: sumDecimals(band.map(({ rate }) => rate)), basis: rest, parts: band.map(({ index }) => index) };
  });
}

function size(decimal: Decimal): Decimal {
  return magnitude(decimal);
}

function signed(decimal: Decimal): string {
  return `${decimal.startsWith("-") ? "-" : ""}${magnitude(decimal)}`;
}
