import type { ExtractOutcome, ExtractRequest, Provider } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import type { TransferAnswer, TransferCall } from "@flowstate/messaging";
import { type Logger, withSpan } from "@flowstate/runtime";
import { chooseProvider } from "./choose-provider.ts";
import { logExtraction } from "./events.ts";
import type { ExtractionProvider, ProviderAnswer } from "./extraction-provider.ts";
import type { DocumentReading } from "./pdf/document-reading.ts";

/** What the step works with. */
export interface Extractor {
  readonly reader: { read(content: GhostBytes, signal: AbortSignal): Promise<DocumentReading> };
  /** Without `gemini`, no document leaves this system but for the ERP. */
  readonly providers: { readonly "e-invoice": ExtractionProvider; readonly gemini?: ExtractionProvider };
  readonly logger: Logger;
}

/** An outcome, and with `extracted` the extraction, which whoever receives it wipes. */
interface Extracted extends TransferAnswer {
  readonly outcome: ExtractOutcome;
}

/**
 * The step PDF → extraction. The PDF is wiped when this resolves: the extraction exists, or never will. Never rejects: a
 * bug defers the document, so that the sender keeps it, and is logged as an error.
 */
export async function extractDocument(extractor: Extractor, call: TransferCall<ExtractRequest>): Promise<Extracted> {
  const startedAt = performance.now();
  const { document_id: documentId, tenant_id: tenantId } = call.request;
  const sizeBytes = call.content.length;
  return await withSpan(
    "extract document",
    {
      attributes: {
        "flowstate.document_id": documentId,
        "flowstate.tenant_id": tenantId,
        "flowstate.size_bytes": sizeBytes,
      },
    },
    async (span) => {
      let extracted: Extracted;
      let bug: unknown;
      try {
        extracted = await openAndExtract(extractor, call);
      } catch (error) {
        bug = error ?? new Error("unknown");
        extracted = { outcome: { result: "deferred", code: "internal_fault" } };
      } finally {
        call.content.wipe();
      }
      const { outcome } = extracted;
      span.set({
        "flowstate.end": outcome.result,
        ...("code" in outcome && { "flowstate.code": outcome.code }),
        ...("page_count" in outcome &&
          outcome.page_count !== undefined && { "flowstate.page_count": outcome.page_count }),
      });
      const durationMs = Math.round(performance.now() - startedAt);
      logExtraction(extractor.logger, { documentId, tenantId, sizeBytes, durationMs }, outcome, bug);
      return extracted;
    },
  );
}

async function openAndExtract(
  { reader, providers }: Extractor,
  call: TransferCall<ExtractRequest>,
): Promise<Extracted> {
  const { content, signal } = call;
  const reading = await reader.read(content, signal);
  if (reading.result === "stopped") return { outcome: { result: "deferred", code: "deadline_exceeded" } };
  if (reading.result === "refused") return { outcome: { result: "refused", code: reading.code } };
  const { pageCount, eInvoice } = reading;
  const choice = chooseProvider(reading, providers.gemini !== undefined);
  if ("refuse" in choice) return { outcome: { result: "refused", code: choice.refuse, page_count: pageCount } };
  const answer = await providerOf(providers, choice.use).extract({
    content,
    eInvoice,
    signal,
    remainingMs: () => call.remainingMs(),
  });
  return conclude(answer, pageCount);
}

function providerOf(providers: Extractor["providers"], name: Provider): ExtractionProvider {
  const provider = providers[name];
  if (provider === undefined) throw new Error(`provider ${name} was chosen and is not configured`);
  return provider;
}

function conclude(answer: ProviderAnswer, pageCount: number): Extracted {
  switch (answer.result) {
    case "refused":
      return { outcome: { result: "refused", code: answer.code, page_count: pageCount } };
    case "deferred":
      return { outcome: { result: "deferred", code: answer.code, ...attemptsOf(answer) } };
    case "extracted":
      return concludeExtraction(answer, pageCount);
    default: {
      const unknown: never = answer;
      throw new Error(`unknown answer ${Object.keys(unknown).join()}`);
    }
  }
}

function attemptsOf({ attempts }: { readonly attempts?: number }): { readonly attempts?: number } {
  return attempts === undefined ? {} : { attempts };
}

function concludeExtraction(answer: Extract<ProviderAnswer, { result: "extracted" }>, pageCount: number): Extracted {
  const { provider, model, validation, extraction } = answer;
  const validated = { validation_status: validation.status, validation_issue_count: validation.issueCount };
  if (validation.status === "invalid") {
    extraction.wipe();
    return {
      outcome: { result: "invalid", code: "extraction_failed_validation", page_count: pageCount, ...validated },
    };
  }
  return {
    outcome: {
      result: "extracted",
      provider,
      page_count: pageCount,
      ...validated,
      ...(model !== undefined && {
        model: model.name,
        attempts: model.attempts,
        input_tokens: model.inputTokens,
        output_tokens: model.outputTokens,
      }),
    },
    content: extraction,
  };
}
