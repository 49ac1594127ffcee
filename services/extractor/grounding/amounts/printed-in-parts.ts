import type { Facts } from "@flowstate/contracts";
import { sumDecimals } from "../../decimal-arithmetic.ts";
import type { PrintedDocument } from "../printed/printed-document.ts";
import { labelBefore } from "../printed/printed-label.ts";
import { printedAmounts } from "../printed/printed-money.ts";
import { magnitude } from "../printed/printed-number.ts";
import { namesPayment, namesWithholding } from "./total-labels.ts";

/** Totals that pages print one by one, and what each of them is called. */
const PARTS: Readonly<Record<string, (label: string) => boolean>> = {
  "/totals/prepaid": namesPayment,
  "/totals/withheld": namesWithholding,
};

/** Payments and taxes of one bill: of more, adding them up tells nothing. */
const MAX_PARTS = 50;

/**
 * Whether a total is printed in parts: all amounts that the page calls payments are together what was paid, as in the last
 * bill of several. Only all of them count, because some of many add up to anything.
 */
export function isPrintedInParts(
  path: string,
  value: string,
  { currency }: Pick<Facts, "currency">,
  printed: PrintedDocument,
): boolean {
  const names = PARTS[path];
  if (names === undefined) return false;
  const parts = printedAmounts(currency, printed).filter(({ place }) => names(labelBefore(place, printed)));
  if (parts.length < 2 || parts.length > MAX_PARTS) return false;
  return magnitude(sumDecimals(parts.map(({ size }) => size))) === magnitude(value);
}
