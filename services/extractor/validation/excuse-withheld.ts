import type { Facts, ValidationIssue } from "@flowstate/contracts";
import { compareDecimals, subtractDecimals, sumDecimals } from "../decimal-arithmetic.ts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { isCalledWithheld } from "./check-deductions.ts";
import { basisOf } from "./check-totals.ts";
import { issuesOf } from "./finding.ts";
import { taxOf } from "./taxed-lines.ts";

/**
 * A total that does not balance is an error, but for one whose difference the page prints as tax that was withheld: Spanish
 * and Italian bills often print no total before that. Then the bill is right, and somebody has to look what the total means.
 */
export function excuseWithheld(
  issues: readonly ValidationIssue[],
  facts: Facts,
  printed: PrintedDocument | undefined,
): ValidationIssue[] {
  return issues.flatMap((issue) =>
    issue.rule === "gross_total_differs" && printed !== undefined && isWithheldOnPage(facts, printed)
      ? issuesOf([{ rule: "gross_less_withheld", path: issue.path }])
      : issue,
  );
}

function isWithheldOnPage(facts: Facts, printed: PrintedDocument): boolean {
  const { gross } = facts.totals;
  const basis = basisOf(facts);
  if (gross === null || basis === undefined) return false;
  const difference = subtractDecimals(sumDecimals([basis, taxOf(facts)]), gross);
  const isLess = compareDecimals(difference, "0") !== 0 && difference.startsWith("-") === gross.startsWith("-");
  return isLess && isCalledWithheld(magnitude(difference), facts.currency, printed);
}
