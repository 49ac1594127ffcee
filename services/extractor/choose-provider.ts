import type { CodeOf, Provider } from "@flowstate/contracts";
import type { EInvoice } from "./pdf/document-reading.ts";

/** Gemini reads at most this many pages of a PDF (ai.google.dev, "Document understanding"). */
export const MODEL_MAX_PAGES = 1_000;

export type ProviderChoice = { readonly use: Provider } | { readonly refuse: CodeOf<"refused"> };

/**
 * Who reads a document. Data that the sender attached is exact and involves no third party, so it always comes first;
 * the model reads what has none, if there is a model.
 */
export function chooseProvider(
  document: { readonly pageCount: number; readonly eInvoice: EInvoice },
  modelConfigured: boolean,
): ProviderChoice {
  if (document.eInvoice.state === "read") return { use: "e-invoice" };
  if (document.pageCount > MODEL_MAX_PAGES) return { refuse: "document_over_parser_limits" };
  if (modelConfigured) return { use: "gemini" };
  return {
    refuse: document.eInvoice.state === "over_limits" ? "document_over_parser_limits" : "document_without_e_invoice",
  };
}
