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

/** The exact difference, `minuend - subtrahend`. */
export function subtractDecimals(minuend: Decimal, subtrahend: Decimal): Decimal {
  const { units, scale } = scaled(subtrahend);
  return sumDecimals([minuend, written({ units: -units, scale })]);
}

/** The exact product. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [scaled(a), scaled(b)];
  return written({ units: x.units * y.units, scale: x.scale + y.scale });
}

/** Negative where `a` is less than `b`, zero where they are the same number, however they are written. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const [x, y] = [scaled(a), scaled(b)];
  const scale = Math.max(x.scale, y.scale);
  const difference = unitsAt(x, scale) - unitsAt(y, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** The number without its sign. */
export function absoluteDecimal(decimal: Decimal): Decimal {
  return decimal.startsWith("-") ? decimal.slice(1) : decimal;
}

/** Whether `a` and `b` lie at most `tolerance` apart. */
export function withinTolerance(a: Decimal, b: Decimal, tolerance: Decimal): boolean {
  return compareDecimals(absoluteDecimal(subtractDecimals(a, b)), tolerance) <= 0;
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

/** Rounds half away from zero to `scale` digits after the point; fewer digits stay as they are. */
export function roundDecimal(decimal: Decimal, scale: number): Decimal {
  const exact = scaled(decimal);
  if (exact.scale <= scale) return decimal;
  const tenfold = exact.units / 10n ** BigInt(exact.scale - scale - 1);
  return written({ units: (tenfold + (tenfold < 0n ? -5n : 5n)) / 10n, scale });
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
