import { extractionFactsSchema, type Facts } from "@flowstate/contracts";
import { readCii } from "./cii/read-cii.ts";
import type { XmlElement } from "./parse-xml.ts";
import { readUbl } from "./ubl/read-ubl.ts";

/** What an e-invoice states. */
export interface EInvoiceFacts {
  readonly facts: Facts;
  /**
   * False when its profile leaves out the lines (MINIMUM, BASIC WL) or what they cost (ZUGFeRD 1.0 BASIC): then the page
   * says more than the data.
   */
  readonly complete: boolean;
}

/** Undefined when the document is in no syntax known here, or carries more than an extraction can. */
export function readFacts(xml: XmlElement): EInvoiceFacts | undefined {
  const parsed = extractionFactsSchema.safeParse(readCii(xml) ?? readUbl(xml));
  return parsed.success ? { facts: parsed.data, complete: hasItsLines(parsed.data) } : undefined;
}

/** Nobody books what is `other`, whatever it states; an order is confirmed as it is by an answer that names it alone. */
function hasItsLines({ document_type: type, lines, references }: Facts): boolean {
  switch (type) {
    case "invoice":
    case "credit_note":
      return lines.some(({ amount }) => amount !== null);
    case "order_confirmation":
      return lines.length > 0 || references.purchase_order_numbers.length > 0;
    case "other":
      return true;
    default:
      return lines.length > 0;
  }
}
