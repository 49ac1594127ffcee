import type { Facts } from "@flowstate/contracts";
import { compareDecimals } from "../decimal-arithmetic.ts";
import type { Finding } from "./finding.ts";

const TOTALS = ["gross", "tax_basis", "net", "due"] as const;

/**
 * Whether the document as a whole is below nothing. Corrections of invoices are, and credit notes that print a minus beside
 * their title; so is every document whose signs were all read the wrong way round, and nothing but the page can tell.
 */
export function checkSigns({ totals }: Facts): Finding[] {
  const name = TOTALS.find((each) => totals[each] !== null);
  const total = name === undefined ? null : totals[name];
  if (total === null || compareDecimals(total, "0") >= 0) return [];
  return [{ rule: "total_negative", path: `/totals/${name}` }];
}
