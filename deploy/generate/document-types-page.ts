import { INVOICE_CODES, type TypeCode } from "../../services/extractor/e-invoice/codes/invoice-codes.ts";
import {
  DESPATCH_CODES,
  LINE_STATUS_CODES,
  ORDER_CODES,
  PURPOSE_CODES,
  RESPONSE_CODES,
} from "../../services/extractor/e-invoice/codes/order-codes.ts";

/** `docs/erp/document-types.md`: what the codes inside e-invoices and e-orders make of `document_type`. */
export function documentTypesPage(): string {
  return `# Types of documents

Generated from \`services/extractor/e-invoice/codes/\` by \`npm run generate\`.

An ERP may book from \`document_type\` alone: an \`invoice\` or a \`credit_note\` is one to post, a \`purchase_order\` one to
deliver, an \`order_confirmation\` one that confirms every line as it was ordered. Documents that carry their own data say by
codes what they are for, and these lists say which codes are taken for that. **Everything else is \`other\`**: what was changed,
cancelled, rejected, accepted under a condition or only in part, what was sent to try the way (\`TestIndicator\`), and every
code that is not listed. \`other\` has the warning \`document_type_other\`, so that a person looks; its lines and totals are there
as the document states them, and none of them may be booked as confirmed.

- An **order response** confirms when it is accepted and no line says otherwise. One without lines confirms the order that
  it names as it is: \`lines\` is empty, and \`references.purchase_order_numbers\` says which. One that states neither an answer
  nor a line confirms nothing.
- A **corrected invoice** (384) and a **self-billed** one (389, which the buyer wrote in the vendor's name) are invoices:
  look at \`vendor\` and \`document_number\` before you post them.
- A **copy** or a **duplicate** is what it copies, under the same number.
- Documents that a model reads have no codes: there the title counts, and a page that calls itself a change or a cancellation
  is \`other\`.

## Invoices and credit notes (UNTDID 1001)

${typeTable(INVOICE_CODES)}
## Orders and answers to them (UNTDID 1001)

${typeTable(ORDER_CODES)}
## What is sent with goods (UNTDID 1001)

${typeTable(DESPATCH_CODES)}
## What a message is for (UNTDID 1225, \`PurposeCode\`)

Orders, despatch advices and invoices must be \`original\`, answers to orders an \`acceptance\`; without a code they are.

${meaningTable(PURPOSE_CODES)}
## How an order is answered (UNTDID 4343, \`OrderResponseCode\`)

${meaningTable(RESPONSE_CODES)}
## What becomes of a line (UNTDID 1229 and UBL, \`LineStatusCode\`)

Every line of an order must be \`ordered\`, every line of an answer \`accepted\`; \`either\` goes for both, and so does a line
without a code.

${meaningTable(LINE_STATUS_CODES)}`;
}

function typeTable(codes: readonly TypeCode[]): string {
  return table("`document_type`", codes);
}

function meaningTable(codes: readonly (readonly [code: string, name: string, meaning: string])[]): string {
  return table("is", codes);
}

function table(meaning: string, codes: readonly (readonly [code: string, name: string, meaning: string])[]): string {
  const rows = codes.map(([code, name, is]) => `| \`${code}\` | ${name} | \`${is}\` |`);
  return `| code | name | ${meaning} |\n|---|---|---|\n${rows.join("\n")}\n`;
}
