import type { Decimal, Measure } from "@flowstate/contracts";
import { multiplyDecimals } from "../decimal-arithmetic.ts";
import { unitCodeOf } from "../units/unit-code.ts";

/** Grams in a unit of mass, by UN/ECE Recommendation 20 code. Pounds and ounces are avoirdupois. */
const GRAMS: Readonly<Record<string, Decimal>> = {
  MGM: "0.001",
  GRM: "1",
  KGM: "1000",
  DTN: "100000",
  TNE: "1000000",
  LBR: "453.59237",
  ONZ: "28.349523125",
};
/** Of several sizes, and of something else where no weight is meant: weights in them are only compared, by the metric one. */
const UNCLEAR: Readonly<Record<string, string>> = { MT: "TNE", TON: "TNE", TONS: "TNE" };

export interface Grams {
  readonly grams: Decimal;
  /** What the figure may be off by, because it was rounded to its last digit. */
  readonly roundedBy: Decimal;
}

/** A weight in grams; undefined for a unit that is none of mass. */
export function gramsOf({ value, unit }: NonNullable<Measure>): Grams | undefined {
  const name = (unit ?? "").replaceAll(/[\s.]/g, "").toUpperCase();
  const factor = GRAMS[(Object.hasOwn(UNCLEAR, name) ? UNCLEAR[name] : unitCodeOf(unit ?? "")) ?? ""];
  if (factor === undefined) return undefined;
  const [, fraction = ""] = value.split(".");
  const halfDigit = `0.${"5".padStart(fraction.length + 1, "0")}`;
  return { grams: multiplyDecimals(value, factor), roundedBy: multiplyDecimals(halfDigit, factor) };
}
