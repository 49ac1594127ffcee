import type { Decimal } from "@flowstate/contracts";
import { multiplyDecimals, withinTolerance } from "../decimal-arithmetic.ts";

/**
 * Digits after the point of the currencies that do not have two: ISO 4217, list one ("Current currency & funds code
 * list", SIX Group as maintenance agency), column "Mnr unt". `Intl` does not answer this: it tells how amounts are shown
 * (no fils for the Iraqi dinar), not how they are booked.
 */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};
const USUAL_EXPONENT = 2;

/** How many digits after the point an amount in this currency has. An unknown or absent currency counts as usual. */
export function currencyExponent(currency: string | null): number {
  if (currency === null || !Object.hasOwn(EXPONENTS, currency)) return USUAL_EXPONENT;
  return EXPONENTS[currency] ?? USUAL_EXPONENT;
}

/** The smallest amount of the currency: `0.01`, `1`, `0.001`. */
export function minorUnit(currency: string | null): Decimal {
  return power(currencyExponent(currency), "1");
}

/** Half of it: what rounding to the nearest changes at most. */
export function halfMinorUnit(currency: string | null): Decimal {
  return power(currencyExponent(currency) + 1, "5");
}

/** Of 0.01 francs there are no coins, and Swiss bills are rounded to the next that there is, often without saying so. */
const SWISS_COIN: Decimal = "0.05";

/** Whether an amount is another rounded to what can be paid in coins, in a currency whose bills are. */
export function isRoundedToCoins(amount: Decimal, exact: Decimal, currency: string | null): boolean {
  if (currency !== "CHF" || !/(?:\.\d[05]0*|\.\d|^-?\d+)$/.test(amount)) return false;
  return withinTolerance(multiplyDecimals(amount, "2"), multiplyDecimals(exact, "2"), SWISS_COIN);
}

/** `digit` at the given place after the point. */
function power(place: number, digit: "1" | "5"): Decimal {
  return place === 0 ? digit : `0.${digit.padStart(place, "0")}`;
}
