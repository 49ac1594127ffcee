import type { Facts } from "@flowstate/contracts";
import type { PrintedDocument } from "./printed-document.ts";
import { magnitude } from "./printed-number.ts";

/**
 * Whether the pages print amounts, and the totals that the data states are not among them: then page and data speak of
 * different money. What is left to pay is looked for only where it is something else than nothing: a page that says it is
 * paid need not say 0.00.
 */
export function contradictsPage(
  { totals: { gross, due } }: Facts,
  { amountsByValue, numbersByValue }: PrintedDocument,
): boolean {
  if (amountsByValue.size === 0) return false;
  return [gross, due].some(
    (total) => total !== null && magnitude(total) !== "0" && !numbersByValue.has(magnitude(total)),
  );
}
