import { VALIDATION_RULES } from "../../libs/contracts/index.ts";
import { REQUIRED_FIELDS } from "../../services/extractor/validation/required-fields.ts";

const SEVERITIES = {
  error: "error",
  warning: "warning",
  note: "note",
  by_policy: "warning, or error if the tenant's `on_ungrounded` is `invalid`",
} as const;

/** `docs/erp/validation.md`: the rules that `validation.issues` names, and what each type of document has to state. */
export function validationPage(): string {
  const rules = Object.entries(VALIDATION_RULES).map(
    ([rule, { severity, says }]) => `| \`${rule}\` | ${SEVERITIES[severity]} | ${says} |`,
  );
  const required = Object.entries(REQUIRED_FIELDS).map(
    ([type, fields]) => `| \`${type}\` | ${fields.map(fieldOf).join("; ")} |`,
  );
  return `# Validation

Generated from \`libs/contracts/validation-rules.ts\` and the extractor's table of required fields by
\`npm run generate\`.

Every extraction is checked before it is delivered: against itself, against the rules of its kind, and against the page that
it was read from. \`validation.issues\` names each rule that is broken and where, as a JSON pointer into the extraction.
\`validation.status\` sums them up:

- \`valid\`: nothing is wrong, as far as can be checked.
- \`warnings\`: it can be booked, and somebody should look first.
- \`invalid\`: it cannot be booked as it is. It is not delivered, unless the tenant's policy says \`on_invalid: push_flagged\`.

An issue says how serious it is: an \`error\` makes the extraction \`invalid\`, a \`warning\` asks somebody to look, and a
\`note\` says that the document itself is wrong or unusual: the page prints the very values that break the rule (a line's
amount that does not follow from its price, an IBAN with a wrong digit), so they were read right; or how it has to be read.
Notes do not count towards the status.

A document that is right and unusual can have warnings. An extraction that is wrong in a way that no rule knows can be
\`valid\`: \`grounding\` tells, field by field, what is printed on the page.

## Amounts

They are compared exactly, as decimals. Where something was multiplied or divided and then rounded, two amounts agree when
they differ by less than the smallest unit of the currency (ISO 4217: a cent for most, one yen, a thousandth of a Kuwaiti
dinar). Where amounts are only added up, they are equal; the net total may be the sum of the rounded amounts of the lines
or the rounded sum of their exact values. Nothing is checked that the document does not state.

## Signs

Every amount and quantity has the sign that the document prints, or that its own data states; nothing is turned round.
\`-12.00\`, \`12.00-\`, \`(12.00)\` and \`12.00 CR\` are all negative. Allowances, charges, prepayments, what is withheld and
discounts are stated positive whatever the page prints; they are negative only beside totals that are.

| \`document_type\` | \`totals.gross\` | meaning |
|---|---|---|
| \`invoice\` | positive | the buyer owes it to the vendor |
| \`invoice\` | negative | the vendor owes it to the buyer: a correction (UNTDID 1001 code 384), or more credited than billed |
| \`credit_note\` | positive | the vendor owes it to the buyer: the type turns the direction, as in EN 16931 |
| \`credit_note\` | negative | the same: the page prints the minus beside the title. Negate every amount, and it reads like the row above |

\`totals.due\` has a sign of its own: below a positive \`gross\` it is negative where more was paid than billed. A negative
total is found as \`total_negative\`, and is a note where the page prints the minus.

The amounts that have the sign of the whole document must be printed with it: turned round together they would add up just
as well. Those that have the other sign are deductions, which pages print with and without a minus; the sums know them.

## Rules

| rule | severity | broken when |
|---|---|---|
${rules.join("\n")}

## Required fields

What a document of each type has to state; without it, \`required_field_missing\` is found at the pointer.

| type | fields |
|---|---|
${required.join("\n")}
`;
}

function fieldOf({ path, or }: { readonly path: string; readonly or?: string }): string {
  return or === undefined ? `\`${path}\`` : `\`${path}\` or ${or}`;
}
