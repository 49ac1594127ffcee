import type { GroundedField, Grounding, ValidationIssue, ValidationRule } from "@flowstate/contracts";

/** Values that a rule compares, beside the one that its path names. All of them belong to the same line. */
const COMPARED: Partial<Readonly<Record<ValidationRule, readonly string[]>>> = {
  line_amount_differs: ["quantity", "unit_price"],
  total_negative: [],
  gtin_check_digit: [],
  iban_check_digits: [],
  vat_id_format: [],
  container_check_digit: [],
};

/** What else a line may state that its amount follows from: where it is stated, it must not be missing from the page. */
const MAY_CHANGE_AMOUNT = ["discount_amount", "price_base_quantity"] as const;

/** What a line lacks that is a remark and no item. */
const MISSING_OF_LINE: Partial<Readonly<Record<ValidationRule, true>>> = {
  line_amount_missing: true,
  line_quantity_missing: true,
};

/**
 * A warning becomes a note where the page prints the very values that were read: then they were read right and the document
 * is wrong or unusual, which is its sender's business. Lines whose amount does not follow from their price are ordinary (insurance
 * tax, prices before surcharges). Totals are not excused this way: what does not balance cannot be booked, whoever wrote it.
 */
export function confirmOnPage(
  issues: readonly ValidationIssue[],
  grounding: Grounding,
  remarks: ReadonlySet<number>,
): ValidationIssue[] {
  const pathsThatAre = (state: GroundedField["grounded"]) =>
    new Set(grounding.fields.flatMap(({ path, grounded }) => (grounded === state ? path : [])));
  const [onPage, absent] = [pathsThatAre("page"), pathsThatAre("absent")];
  return issues.map((issue) => {
    if (MISSING_OF_LINE[issue.rule] === true && remarks.has(lineOf(issue.path))) return { ...issue, severity: "note" };
    const others = COMPARED[issue.rule];
    if (others === undefined || !onPage.has(issue.path)) return issue;
    const parent = issue.path.slice(0, issue.path.lastIndexOf("/"));
    const isConfirmed =
      others.every((field) => onPage.has(`${parent}/${field}`)) &&
      !MAY_CHANGE_AMOUNT.some((field) => absent.has(`${parent}/${field}`));
    return isConfirmed ? { ...issue, severity: "note" } : issue;
  });
}

function lineOf(path: string): number {
  return Number(path.split("/")[2]);
}
