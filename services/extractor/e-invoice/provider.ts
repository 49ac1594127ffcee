import type { DocumentToExtract, ExtractionProvider, ProviderAnswer } from "../extraction-provider.ts";

/**
 * Reads documents that carry their own data. The reading itself happened where the document was opened (`pdf/`), because
 * XML from outside belongs in the same confined thread as the PDF around it.
 */
export const eInvoiceProvider: ExtractionProvider = {
  async extract({ eInvoice }: DocumentToExtract): Promise<ProviderAnswer> {
    if (eInvoice.state !== "read")
      throw new Error("the e-invoice provider was chosen for a document without e-invoice");
    const { extraction, validation } = eInvoice;
    return { result: "extracted", provider: "e-invoice", extraction, validation };
  },
};
