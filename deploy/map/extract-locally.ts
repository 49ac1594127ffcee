import type { Code, ExtractionPolicy, TenantId } from "../../libs/contracts/index.ts";
import { documentIdSchema } from "../../libs/contracts/index.ts";
import type { GhostBytes } from "../../libs/ghost/index.ts";
import { createLogger } from "../../libs/runtime/index.ts";
import { eInvoiceProvider } from "../../services/extractor/e-invoice/provider.ts";
import { extractDocument } from "../../services/extractor/extract-document.ts";
import { DocumentReader } from "../../services/extractor/pdf/document-reader.ts";

/** Far longer than any document takes; the parser's own limits are shorter. */
const TIME_LIMIT_MS = 120_000;

/** Stands for the id that ingest would derive from the mail. */
export const EXAMPLE_DOCUMENT_ID = documentIdSchema.parse("00000000-0000-4000-8000-000000000000");

export type LocalExtraction =
  /** JSON of an extraction that would be pushed; whoever receives it wipes it. */
  | { readonly result: "extracted"; readonly extraction: GhostBytes }
  | { readonly result: "refused"; readonly code: Code };

/**
 * Reads one PDF as an extractor without a model does, in this process: nothing leaves it, and nothing is logged. The PDF is
 * wiped when this resolves.
 */
export async function extractLocally(
  document: GhostBytes,
  { id, policy }: { readonly id: TenantId; readonly policy: ExtractionPolicy },
): Promise<LocalExtraction> {
  await using reader = await DocumentReader.start({ concurrency: 1 });
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const { outcome, content } = await extractDocument(
    {
      reader,
      providers: { "e-invoice": eInvoiceProvider },
      policyOf: () => policy,
      today: () => new Date().toISOString().slice(0, "YYYY-MM-DD".length),
      logger: createLogger("extractor", "info", SILENCE),
    },
    {
      request: { document_id: EXAMPLE_DOCUMENT_ID, tenant_id: id },
      content: document,
      signal,
      remainingMs: () => TIME_LIMIT_MS,
      spentOutside: () => {},
    },
  );
  if (outcome.result !== "extracted") return { result: "refused", code: outcome.code };
  if (content === undefined) throw new Error("an extracted document has no extraction");
  return { result: "extracted", extraction: content };
}

const SILENCE = { write: () => {} };
