import type { Decimal } from "@flowstate/contracts";
import { currencyExponent } from "../../validation/minor-unit.ts";
import type { PlacedNumber, PrintedDocument } from "./printed-document.ts";
import { magnitude } from "./printed-number.ts";

const USUAL_EXPONENT = 2;
const MONEY =
  /^\/totals\/(?:net|allowances|charges|tax_basis|tax|gross|prepaid|withheld|rounding|due)$|^\/totals\/tax_by_rate\/\d+\/(?:basis|amount)$|^\/lines\/\d+\/(?:amount|unit_price|discount_amount)$/;

/** Whether a field of the facts is an amount of money. */
export function isMoney(path: string): boolean {
  return MONEY.test(path);
}

/**
 * Where an amount is printed, in reading order, percentages left out. Where nothing else tells whether `1,234` is a
 * thousand or one and a bit, the currency does: nobody prints three decimals of a yen or a euro, and everybody prints the
 * fils of a dinar.
 */
export function placesOfMoney(
  amount: Decimal,
  currency: string | null,
  { countsByValue }: PrintedDocument,
): readonly PlacedNumber[] {
  const wanted = magnitude(amount);
  const exponent = currencyExponent(currency);
  return (countsByValue.get(wanted) ?? []).filter(({ readings }) => readingAs(exponent, readings) === wanted);
}

/** Every amount of the document. In currencies without cents, every number that is no percentage. */
export function printedAmounts(
  currency: string | null,
  { amountsByValue, countsByValue }: PrintedDocument,
): readonly PrintedAmount[] {
  const exponent = currencyExponent(currency);
  const byValue = exponent === USUAL_EXPONENT ? amountsByValue : countsByValue;
  return [...new Set([...byValue.values()].flat())].map((place) => ({
    place,
    size: readingAs(exponent, place.readings),
  }));
}

interface PrintedAmount {
  readonly place: PlacedNumber;
  /** Its magnitude. */
  readonly size: string;
}

/** Of two readings the greater one takes the mark for what parts thousands. */
function readingAs(exponent: number, readings: readonly string[]): string {
  const [less = "", ...greater] = readings.toSorted((a, b) => Number(a) - Number(b));
  return exponent > USUAL_EXPONENT ? less : (greater.at(-1) ?? less);
}
