import type { CodeOf, Provider } from "@flowstate/contracts";
import type { EInvoice } from "./pdf/document-reading.ts";

/** Gemini reads at most this many pages of a PDF (ai.google.dev, "Document understanding"). */
export const MODEL_MAX_PAGES = 1_000;

export type ProviderChoice = { readonly use: Provider } | { readonly refuse: CodeOf<"refused"> };

/**
 * Who reads a document. Data that the sender attached is exact and involves no third party, so it always comes first. The
 * model reads what has none, and what has data without lines, or with another total or currency than the page;
 * without a model, such data is better than none, and the extraction says what is wrong with it.
 */
export function chooseProvider(
  { pageCount, eInvoice }: { readonly pageCount: number; readonly eInvoice: EInvoice },
  modelConfigured: boolean,
): ProviderChoice {
  const modelCanRead = modelConfigured && pageCount <= MODEL_MAX_PAGES;
  const { state } = eInvoice;
  switch (state) {
    case "read":
      return { use: "e-invoice" };
    case "incomplete":
    case "contradicts_page":
      return { use: modelCanRead ? "gemini" : "e-invoice" };
    case "absent":
    case "unusable":
    case "over_limits":
      if (modelCanRead) return { use: "gemini" };
      return { refuse: whyNobodyReads(pageCount, state) };
    default:
      return state satisfies never;
  }
}

function whyNobodyReads(pageCount: number, state: EInvoice["state"]): CodeOf<"refused"> {
  return pageCount > MODEL_MAX_PAGES || state === "over_limits"
    ? "document_over_parser_limits"
    : "document_without_e_invoice";
}
