import type { CodeOf, ExtractionPolicy, Facts, Provider } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import type { EInvoice } from "./pdf/document-reading.ts";

/** The port behind which facts are read from a document, by whatever means. */
export interface ExtractionProvider {
  /**
   * Reads one document. Rejects only for bugs: what may go wrong with a document or a third party is an answer. Does not
   * wipe `document.content`, which belongs to the caller.
   */
  extract(document: DocumentToExtract): Promise<ProviderAnswer>;
}

export interface DocumentToExtract {
  readonly content: GhostBytes;
  readonly eInvoice: EInvoice;
  /** What the tenant asks for. A provider may read its extra fields; whether the answer is acceptable is not its business. */
  readonly policy: ExtractionPolicy;
  /** Aborted when the answer interests nobody any more. */
  readonly signal: AbortSignal;
  remainingMs(): number;
}

export type ProviderAnswer =
  | {
      readonly result: "extracted";
      readonly provider: Provider;
      /** As read: neither sanitised nor validated. They are let go of as soon as the extraction is made of them. */
      readonly facts: Facts;
      readonly model?: ModelUse;
    }
  | { readonly result: "refused"; readonly code: CodeOf<"refused"> }
  | { readonly result: "deferred"; readonly code: CodeOf<"deferred">; readonly attempts?: number };

/** What a model was asked, for the audit log. */
export interface ModelUse {
  readonly name: string;
  readonly attempts: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}
