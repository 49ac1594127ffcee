import type { Decimal, Measure } from "@flowstate/contracts";
import { multiplyDecimals } from "../decimal-arithmetic.ts";

/** Grams in a unit of mass, by UN/ECE Recommendation 20 code and by what is printed. Pounds and ounces are avoirdupois. */
const GRAMS: Readonly<Record<string, Decimal>> = {
  MGM: "0.001",
  MG: "0.001",
  GRM: "1",
  G: "1",
  GR: "1",
  KGM: "1000",
  KG: "1000",
  KGS: "1000",
  KILO: "1000",
  KILOS: "1000",
  KILOGRAM: "1000",
  KILOGRAMS: "1000",
  DTN: "100000",
  TNE: "1000000",
  T: "1000000",
  TO: "1000000",
  MT: "1000000",
  TON: "1000000",
  TONS: "1000000",
  TONNE: "1000000",
  TONNES: "1000000",
  LBR: "453.59237",
  LB: "453.59237",
  LBS: "453.59237",
  ONZ: "28.349523125",
  OZ: "28.349523125",
};

export interface Grams {
  readonly grams: Decimal;
  /** What the figure may be off by, because it was rounded to its last digit. */
  readonly roundedBy: Decimal;
}

/** A weight in grams; undefined for a unit that is none of mass. */
export function gramsOf({ value, unit }: NonNullable<Measure>): Grams | undefined {
  const name = (unit ?? "").replaceAll(/[\s.]/g, "").toUpperCase();
  const factor = Object.hasOwn(GRAMS, name) ? GRAMS[name] : undefined;
  if (factor === undefined) return undefined;
  const [, fraction = ""] = value.split(".");
  const halfDigit = `0.${"5".padStart(fraction.length + 1, "0")}`;
  return { grams: multiplyDecimals(value, factor), roundedBy: multiplyDecimals(halfDigit, factor) };
}
