import { extractionFactsSchema } from "@flowstate/contracts";
import type { DocumentToExtract, ExtractionProvider, ProviderAnswer } from "../extraction-provider.ts";

/**
 * Reads documents that carry their own data. The reading itself happened where the document was opened (`pdf/`), because
 * XML from outside belongs in the same confined thread as the PDF around it.
 */
export const eInvoiceProvider: ExtractionProvider = {
  async extract({ eInvoice }: DocumentToExtract): Promise<ProviderAnswer> {
    if (!("facts" in eInvoice)) throw new Error("the e-invoice provider was chosen for a document without e-invoice");
    const facts = extractionFactsSchema.parse(JSON.parse(eInvoice.facts.view().toString("utf8")));
    return { result: "extracted", provider: "e-invoice", facts };
  },
};
