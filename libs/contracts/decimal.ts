import { z } from "zod";

/** Longest decimal accepted: far above any amount, far below anything that could carry a message. */
const DECIMAL_MAX_LENGTH = 32;

/**
 * An exact decimal number in a string: optional minus, digits, optional fraction. No exponent, no grouping, no plus.
 * Money and quantities never pass through floating point.
 */
export const decimalSchema = z
  .string()
  .max(DECIMAL_MAX_LENGTH)
  .regex(/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/);
export type Decimal = z.infer<typeof decimalSchema>;

/**
 * Brings a decimal as documents spell it (`007.50`, `+3`, `.5`) into the canonical form.
 * Digits are kept, trailing zeros included: `10.00` says something that `10` does not.
 * Returns undefined for anything that is not a plain decimal.
 */
export function canonicalDecimal(spelling: string): Decimal | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(spelling.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const canonical = `${sign === "-" ? "-" : ""}${digits === "" ? "0" : digits}${fraction === "" ? "" : `.${fraction}`}`;
  const parsed = decimalSchema.safeParse(canonical);
  return parsed.success ? parsed.data : undefined;
}
