import type { Facts } from "@flowstate/contracts";
import { sumDecimals } from "../../decimal-arithmetic.ts";
import type { PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";

/**
 * Whether the total tax is printed by its rates only, as those of a state and a county are: all of them that were read are on
 * the page, and are it together.
 */
export function isTaxInParts({ totals }: Pick<Facts, "totals">, { numbersByValue }: PrintedDocument): boolean {
  const { tax, tax_by_rate: entries } = totals;
  const amounts = entries.flatMap(({ amount }) => amount ?? []);
  const parts = amounts.filter((amount) => magnitude(amount) !== "0");
  if (tax === null || amounts.length < entries.length || parts.length < 2) return false;
  const isPrinted = parts.every((amount) => numbersByValue.has(magnitude(amount)));
  return isPrinted && magnitude(sumDecimals(parts)) === magnitude(tax);
}
