import type { Facts, ValidationIssue } from "@flowstate/contracts";
import { checkDates } from "./check-dates.ts";
import { checkDue } from "./check-due.ts";
import { checkIdentifiers } from "./check-identifiers.ts";
import { checkLineValues } from "./check-line-values.ts";
import { checkLineAmounts, checkNetTotal } from "./check-lines.ts";
import { checkPrecision } from "./check-precision.ts";
import { checkSigns } from "./check-signs.ts";
import { checkTaxedLines } from "./check-taxed-lines.ts";
import { checkTaxes } from "./check-taxes.ts";
import { checkTotals } from "./check-totals.ts";
import { checkWeights } from "./check-weights.ts";
import { issuesOf } from "./finding.ts";
import { checkRequiredFields } from "./required-fields.ts";

/**
 * Whether facts agree with each other and with the rules of their kind, whoever read them. Every check runs whatever the
 * document's type, because the type was read, too. `today` is an ISO 8601 calendar date; `isComplete` says that the facts are
 * the document's own data and all of it.
 */
export function validateFacts(
  facts: Facts,
  { today, isComplete = false }: { readonly today: string; readonly isComplete?: boolean },
): ValidationIssue[] {
  return issuesOf([
    ...checkRequiredFields(facts, { isComplete }),
    ...checkLineValues(facts),
    ...checkLineAmounts(facts),
    ...checkNetTotal(facts),
    ...checkTotals(facts),
    ...checkSigns(facts),
    ...checkTaxes(facts),
    ...checkTaxedLines(facts),
    ...checkDue(facts),
    ...checkPrecision(facts),
    ...checkWeights(facts),
    ...checkDates(facts, today),
    ...checkIdentifiers(facts),
  ]);
}
