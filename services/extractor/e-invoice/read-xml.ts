import { parseXml } from "./parse-xml.ts";
import { type EInvoiceFacts, readFacts } from "./read-facts.ts";

/** What an e-invoice states, from its XML. Undefined for XML that is none, or that nobody should parse. */
export function readXml(xml: Uint8Array): EInvoiceFacts | undefined {
  const root = parseXml(xml);
  return root === undefined ? undefined : readFacts(root);
}
