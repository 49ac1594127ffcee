import type { Grounding, ValidationRule } from "@flowstate/contracts";
import type { Finding } from "./finding.ts";

/**
 * Values whose absence from the page is a finding: those that are booked, that say who is paid for what, and that say what
 * is in the house. Prices and rates are not among them, because pages print them for another base or in words: see `checkFactors`.
 */
const NEEDED: ReadonlyArray<readonly [RegExp, ValidationRule]> = [
  [
    /^\/totals\/(?:net|allowances|charges|tax_basis|tax|gross|prepaid|withheld|rounding|due|packages)$/,
    "total_not_on_page",
  ],
  [/^\/totals\/tax_by_rate\/\d+\/(?:basis|amount)$/, "total_not_on_page"],
  [/^\/totals\/(?:(?:net_weight|gross_weight|volume)\/value|volume\/unit)$/, "total_not_on_page"],
  [/^\/lines\/\d+\/amount$/, "line_amount_not_on_page"],
  // A weight's unit is held to those of the whole page: see `checkWeightUnits`.
  [/^\/lines\/\d+\/(?:quantity|unit|packages|(?:net|gross)_weight\/value)$/, "line_value_not_on_page"],
  [/^\/(?:vendor|buyer)$/, "party_misplaced"],
  [/^\/(?:document_number|document_date|due_date|currency|payment\/(?:iban|bic))$/, "identity_not_on_page"],
  [
    /^\/(?:vendor|buyer|ship_to|carrier)\/(?:name|street|postal_code|city|country|tax_ids\/\d+\/value)$/,
    "identity_not_on_page",
  ],
  [/^\/references\//, "reference_not_on_page"],
  [/^\/extra\/\d+\/value$/, "extra_field_not_on_page"],
  [
    /^\/lines\/\d+\/(?:description|seller_item_number|buyer_item_number|gtin|hs_code|origin_country|batch)$/,
    "line_text_not_on_page",
  ],
];

/** What is printed, and as something else. */
const MISPLACED: ReadonlyArray<readonly [RegExp, ValidationRule]> = [
  [/^\/lines\//, "line_text_misplaced"],
  [/^\/(?:vendor|buyer|ship_to|carrier)\//, "party_misplaced"],
  [/^\/(?:document_number|document_date|due_date|(?:references|totals)\/.*)$/, "value_mislabelled"],
];

/**
 * What grounding means for the extraction: values that are printed nowhere, or as something else (`misplaced`), and printed
 * amounts that were not read.
 */
export function checkGrounding({ fields, unmatched_amounts }: Grounding, misplaced: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = fields.flatMap(({ path, grounded }) => {
    const rules = misplaced.has(path) ? MISPLACED : NEEDED;
    const rule = grounded === "absent" ? rules.find(([pattern]) => pattern.test(path))?.[1] : undefined;
    return rule === undefined ? [] : [{ rule, path }];
  });
  if ((unmatched_amounts ?? 0) > 0) findings.push({ rule: "amounts_not_extracted", path: "/lines" });
  return findings;
}
