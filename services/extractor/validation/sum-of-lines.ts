import type { Decimal, Line } from "@flowstate/contracts";
import {
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
} from "../decimal-arithmetic.ts";
import { isBareLine } from "./bare-line.ts";

/** Digits kept of a line's value before it is added up: 5,000 lines together are off by less than a ten-millionth. */
const VALUE_SCALE = 10;

/** The sum of the lines' amounts as far as it is known; undefined when a line's is not, or there are none. Notes have none. */
export function sumOfLines(all: readonly Line[]): Decimal | undefined {
  const lines = all.filter((line) => !isBareLine(line));
  return lines.length === 0 ? undefined : sumOf(lines.map((line) => line.amount ?? lineValue(line)));
}

/** Undefined where one of them is not known. */
export function sumOf(values: ReadonlyArray<Decimal | undefined>): Decimal | undefined {
  const stated = values.flatMap((value) => value ?? []);
  return stated.length === values.length ? sumDecimals(stated) : undefined;
}

/** What a line is worth before rounding; its amount when that does not follow from anything. */
export function lineValue(line: Line): Decimal | undefined {
  const { quantity, unit_price: price, amount } = line;
  if (quantity === null || price === null) return amount ?? undefined;
  const product = roundDecimal(multiplyDecimals(quantity, price), VALUE_SCALE);
  const value = divideDecimals(product, line.price_base_quantity ?? "1");
  return value === undefined ? undefined : subtractDecimals(value, line.discount_amount ?? "0");
}
