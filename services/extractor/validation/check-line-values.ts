import type { Facts, Line, ValidationRule } from "@flowstate/contracts";
import type { Finding } from "./finding.ts";

/** What a line has to say for itself, by what its document is for. */
interface LineRequirement {
  readonly rule: ValidationRule;
  readonly field: keyof Line;
  stated(line: Line): boolean;
}

const AMOUNT: LineRequirement = {
  rule: "line_amount_missing",
  field: "amount",
  stated: ({ amount }) => amount !== null,
};
const QUANTITY: LineRequirement = {
  rule: "line_quantity_missing",
  field: "quantity",
  stated: ({ quantity, packages, net_weight, gross_weight, amount }) =>
    [quantity, packages, net_weight, gross_weight, amount].some((value) => value !== null),
};

/**
 * Whether each line states what it is booked by: in a bill its amount, elsewhere how much of something there is. Lines that
 * were read without their numbers add up to nothing and contradict nothing.
 */
export function checkLineValues(facts: Facts): Finding[] {
  const requirement = requirementFor(facts);
  if (requirement === undefined) return [];
  const { rule, field, stated } = requirement;
  return facts.lines.flatMap((line, index) => (stated(line) ? [] : { rule, path: `/lines/${index}/${field}` }));
}

function requirementFor({ document_type: type, totals }: Facts): LineRequirement | undefined {
  switch (type) {
    case "invoice":
    case "credit_note":
      return AMOUNT;
    case "purchase_order":
    case "order_confirmation": {
      const isPriced = [totals.net, totals.tax_basis, totals.gross, totals.due].some((total) => total !== null);
      return isPriced ? AMOUNT : QUANTITY;
    }
    case "packing_list":
    case "delivery_note":
      return QUANTITY;
    case "bill_of_lading":
      // What is shipped may be stated for the whole.
      return totals.packages === null && totals.gross_weight === null ? QUANTITY : undefined;
    case "other":
      return undefined;
    default:
      throw new Error(`unknown type ${type satisfies never}`);
  }
}
