import { EXTRACTION_SCHEMA_VERSION, type Extraction, type ExtractionPolicy, type Facts } from "@flowstate/contracts";
import { isTaxUnread } from "./grounding/amounts/unread-tax.ts";
import { hasTotals, isComparable } from "./grounding/contradicts-page.ts";
import { groundFacts } from "./grounding/ground-facts.ts";
import type { PrintedDocument } from "./grounding/printed/printed-document.ts";
import { sanitiseFacts } from "./sanitise/sanitise-facts.ts";
import { withUnitCodes } from "./units/coded-units.ts";
import { checkDateOrder } from "./validation/check-date-order.ts";
import { checkDeductions } from "./validation/check-deductions.ts";
import { checkFactors } from "./validation/check-factors.ts";
import { checkGrounding } from "./validation/check-grounding.ts";
import { checkExtraFields } from "./validation/check-identifiers.ts";
import { checkTypeOnPage } from "./validation/check-type-on-page.ts";
import { checkWeightUnits } from "./validation/check-weight-units.ts";
import { confirmOnPage } from "./validation/confirm-on-page.ts";
import { excuseWithheld } from "./validation/excuse-withheld.ts";
import { type Finding, issuesOf, validationOf } from "./validation/finding.ts";
import { validateFacts } from "./validation/validate-facts.ts";

/** What facts are finished with. None of it comes from the document's reader. */
export interface Finishing {
  /** What a person can read on the pages; undefined when there is no text, `unreadable` when a page is damaged or has too much to look at. */
  readonly page: PrintedDocument | "unreadable" | undefined;
  readonly policy: ExtractionPolicy;
  /** ISO 8601 calendar date. */
  readonly today: string;
  /** Given where the facts are the document's own data, which needs no page to confirm it: what the page says of it. */
  readonly eInvoice?: "read" | "incomplete" | "contradicts_page";
}

/** An extraction as it leaves: bytes, with what is known about them. */
export interface FinishedExtraction {
  /** JSON of an `Extraction`, UTF-8, in an allocation of its own. Whoever receives it wipes it. */
  readonly json: Uint8Array<ArrayBuffer>;
  readonly status: Extraction["validation"]["status"];
  /** Errors and warnings, those included that are too many to be listed. */
  readonly issueCount: number;
}

/**
 * Makes an extraction of facts, whoever read them: texts are cleaned, what the tenant did not ask for is left out, values
 * are validated against each other and looked for on the page. Nothing of this can be changed by what the facts say.
 */
export function finishExtraction(read: Facts, { page, policy, today, eInvoice }: Finishing): FinishedExtraction {
  const { facts, formulaPaths } = sanitiseFacts({ ...read, extra: requestedOnly(read.extra, policy) });
  const printed = page === "unreadable" ? undefined : page;
  const isDataAlone = eInvoice !== undefined && !isCompared(facts, printed);
  const { grounding, misplaced, remarks } = groundFacts(facts, printed, { isDataAlone });
  const findings: Finding[] = [...checkExtraFields(facts, policy.extra_fields), ...checkTypeOnPage(grounding)];
  if (eInvoice === undefined) {
    findings.push(...checkGrounding(grounding, misplaced), ...checkFactors(facts, grounding));
    if (printed !== undefined) findings.push(...checkPrintedTotals(facts, printed), ...checkDateOrder(facts, printed));
    if (page === "unreadable") findings.push({ rule: "page_unreadable", path: "" });
  } else {
    findings.push(...checkComparison(eInvoice, isDataAlone));
  }
  const validated = validateFacts(facts, { today, isComplete: eInvoice === "read" });
  const issues = [
    ...confirmOnPage(excuseWithheld(validated, facts, printed), grounding, remarks),
    ...issuesOf(findings, policy.on_ungrounded),
  ];
  const validation = validationOf(issues);
  const extraction: Extraction = {
    schema_version: EXTRACTION_SCHEMA_VERSION,
    ...facts,
    ...withUnitCodes(facts, { isData: eInvoice !== undefined }),
    validation,
    grounding,
    spreadsheet_formulas: formulaPaths,
  };
  return {
    json: new TextEncoder().encode(JSON.stringify(extraction)),
    status: validation.status,
    issueCount: issues.filter(({ severity }) => severity !== "note").length,
  };
}

/** What of the totals and weights is printed, and means something else. */
function checkPrintedTotals(facts: Facts, printed: PrintedDocument): Finding[] {
  const findings = [...checkDeductions(facts, printed), ...checkWeightUnits(facts, printed)];
  if (isTaxUnread(facts, printed)) findings.push({ rule: "amounts_not_extracted", path: "/totals/tax" });
  return findings;
}

/** What the pages say of the document's own data. */
function checkComparison(eInvoice: NonNullable<Finishing["eInvoice"]>, isDataAlone: boolean): Finding[] {
  if (eInvoice === "contradicts_page") return [{ rule: "e_invoice_contradicts_page", path: "/totals/gross" }];
  return isDataAlone ? [{ rule: "e_invoice_not_compared", path: "" }] : [];
}

/** Whether the pages could say something else than the document's own data. */
function isCompared(facts: Facts, printed: PrintedDocument | undefined): boolean {
  return printed === undefined ? !hasTotals(facts) : isComparable(facts, printed);
}

/** Each field that the tenant asked for, at most once, in the tenant's order. */
function requestedOnly(extra: Facts["extra"], { extra_fields }: ExtractionPolicy): Facts["extra"] {
  return extra_fields.flatMap(({ name }) => extra.find((field) => field.name === name) ?? []);
}
