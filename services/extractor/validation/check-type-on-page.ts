import type { Grounding } from "@flowstate/contracts";
import type { Finding } from "./finding.ts";

/**
 * Whether the page calls itself something else. It decides who owes whom, so the document's own data is not exempt: whoever
 * looks at the page sees another document than the ERP.
 */
export function checkTypeOnPage({ fields }: Grounding): Finding[] {
  const isOther = fields.some(({ path, grounded }) => path === "/document_type" && grounded === "absent");
  return isOther ? [{ rule: "document_type_not_on_page", path: "/document_type" }] : [];
}
