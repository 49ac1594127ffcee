import { canonicalDecimal, type Decimal } from "@flowstate/contracts";

/** A decimal as an integer count of 10^-scale. Exact: amounts never pass through floating point. */
interface ScaledInteger {
  readonly units: bigint;
  readonly scale: number;
}

/** The exact sum. The sum of nothing is `0`. */
export function sumDecimals(decimals: readonly Decimal[]): Decimal {
  const terms = decimals.map(scaled);
  const scale = Math.max(0, ...terms.map((term) => term.scale));
  return written({ units: terms.reduce((sum, term) => sum + unitsAt(term, scale), 0n), scale });
}

/** Whether `a` and `b` lie at most `tolerance` apart. */
export function withinTolerance(a: Decimal, b: Decimal, tolerance: Decimal): boolean {
  const [x, y, t] = [scaled(a), scaled(b), scaled(tolerance)];
  const scale = Math.max(x.scale, y.scale, t.scale);
  const difference = unitsAt(x, scale) - unitsAt(y, scale);
  return (difference < 0n ? -difference : difference) <= unitsAt(t, scale);
}

/** Digits after the point of a quotient that does not end sooner. */
const QUOTIENT_MAX_SCALE = 10;

/** `dividend / divisor`, exact where it ends within ten decimals, rounded half away from zero otherwise. */
export function divideDecimals(dividend: Decimal, divisor: Decimal): Decimal | undefined {
  const [numerator, denominator] = [scaled(dividend), scaled(divisor)];
  if (denominator.units === 0n) return undefined;
  const scale = Math.max(QUOTIENT_MAX_SCALE, numerator.scale);
  // One more digit than is kept decides the rounding.
  const tenfold =
    (numerator.units * 10n ** BigInt(scale - numerator.scale + denominator.scale + 1)) / denominator.units;
  const rounded = (tenfold + (tenfold < 0n ? -5n : 5n)) / 10n;
  return canonicalDecimal(withoutTrailingZeros(written({ units: rounded, scale }), numerator.scale));
}

function scaled(decimal: Decimal): ScaledInteger {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function unitsAt({ units, scale }: ScaledInteger, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}

function written({ units, scale }: ScaledInteger): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${units < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

/** Keeps at least `keep` digits after the point. */
function withoutTrailingZeros(decimal: Decimal, keep: number): Decimal {
  const [whole = "0", fraction = ""] = decimal.split(".");
  let end = fraction.length;
  while (end > keep && fraction[end - 1] === "0") end--;
  return end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`;
}
