import type { Facts } from "@flowstate/contracts";
import { compareDecimals, sumDecimals } from "../../decimal-arithmetic.ts";
import { factValues } from "../fact-values.ts";
import type { PrintedDocument } from "../printed/printed-document.ts";
import { isMoney, printedAmounts } from "../printed/printed-money.ts";
import { magnitude } from "../printed/printed-number.ts";

/** More different amounts than a page of totals has are those of a table: then adding them up tells nothing. */
const MAX_AMOUNTS = 2_000;

/**
 * Whether a document whose facts state no tax prints one: an amount that was not read, and the sum of it and a total that
 * was, which was not read either. Tax that is left out everywhere leaves a smaller bill that adds up.
 */
export function isTaxUnread(facts: Facts, printed: PrintedDocument): boolean {
  const { totals, currency } = facts;
  const isTaxed = [totals.tax, ...totals.tax_by_rate.map(({ amount }) => amount)].some(
    (tax) => tax !== null && compareDecimals(tax, "0") !== 0,
  );
  if (isTaxed || totals.gross === null) return false;
  const read = new Set(factValues(facts).flatMap(({ path, value }) => (isMoney(path) ? magnitude(value) : [])));
  const unread = new Set(printedAmounts(currency, printed).map(({ size }) => size)).difference(read);
  if (unread.size > MAX_AMOUNTS) return false;
  const wholes = [totals.gross, totals.tax_basis, totals.net].flatMap((total) => total ?? []).map(magnitude);
  return wholes.some((whole) =>
    [...unread].some((amount) => amount !== "0" && unread.has(magnitude(sumDecimals([whole, amount])))),
  );
}
