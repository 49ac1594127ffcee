import type { ExtractionPolicy, ExtractOutcome, ExtractRequest, Provider, TenantId } from "@flowstate/contracts";
import { GhostBytes, stringsLeft } from "@flowstate/ghost";
import type { TransferAnswer, TransferCall } from "@flowstate/messaging";
import { type Logger, withSpan } from "@flowstate/runtime";
import { chooseProvider } from "./choose-provider.ts";
import { logExtraction } from "./events.ts";
import type { DocumentToExtract, ExtractionProvider, ProviderAnswer } from "./extraction-provider.ts";
import { type DocumentToFinish, finishDocument } from "./finishing/finish-document.ts";
import type { DocumentReading, WithoutData } from "./pdf/document-reading.ts";

/** What the step works with. */
export interface Extractor {
  readonly reader: {
    /** `accepted` may be told, while this goes on, that the document has no data of its own and is not refused any more. */
    read(content: GhostBytes, signal: AbortSignal, accepted?: (inside: WithoutData) => void): Promise<DocumentReading>;
  };
  /** Without `gemini`, no document leaves this system but for the ERP. */
  readonly providers: { readonly "e-invoice": ExtractionProvider; readonly gemini?: ExtractionProvider };
  /** From the operator's configuration, by the tenant that the request names: nothing that was read has a say in it. */
  policyOf(tenantId: TenantId): ExtractionPolicy;
  /** ISO 8601 calendar date, UTC. */
  today(): string;
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
        // Of the model's answer, of the e-invoice, of the page.
        stringsLeft();
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

/**
 * Largest document that the model is asked about while its pages are read, bytes: meanwhile the copy that its thread reads and
 * the request are both held. What reading its pages takes is little beside how long a model takes for more.
 */
const MAX_ASKED_EARLY_BYTES = 4 * 1024 * 1024;

/**
 * A document without data of its own is the model's, whatever its pages say: it is asked while they are read. What it answers
 * waits for the pages, a failure too: a thread that is ended half way has to be drained behind. Whatever ends the reading
 * without them ends the asking, and is not over before no request holds the document any more.
 */
async function openAndExtract(extractor: Extractor, call: TransferCall<ExtractRequest>): Promise<Extracted> {
  const policy = extractor.policyOf(call.request.tenant_id);
  const leaving = new AbortController();
  const signal = AbortSignal.any([call.signal, leaving.signal]);
  let asked: Promise<ProviderAnswer> | undefined;
  try {
    const reading = await extractor.reader.read(call.content, call.signal, ({ pageCount, eInvoice }) => {
      if (call.content.length > MAX_ASKED_EARLY_BYTES) return;
      const choice = chooseProvider({ pageCount, eInvoice }, extractor.providers.gemini !== undefined);
      if (!("use" in choice)) return;
      asked = ask(extractor, choice.use, { call, eInvoice, policy, signal });
      // A bug that shows before the pages are read is thrown when its answer is wanted.
      asked.catch(() => {});
    });
    if (reading.result === "stopped") return { outcome: { result: "deferred", code: "deadline_exceeded" } };
    if (reading.result === "refused") return { outcome: { result: "refused", code: reading.code } };
    using held = new DisposableStack();
    if ("facts" in reading.eInvoice) held.use(reading.eInvoice.facts);
    if (reading.text.state === "read") held.use(reading.text.layer);
    return await extractOpened(extractor, call, { ...reading, policy, asked });
  } finally {
    leaving.abort();
    await asked?.catch(() => {});
  }
}

interface OpenedDocument extends Omit<Extract<DocumentReading, { result: "opened" }>, "result"> {
  readonly policy: ExtractionPolicy;
  /** What the provider answers that was asked already; undefined when none was. */
  readonly asked: Promise<ProviderAnswer> | undefined;
}

async function extractOpened(
  extractor: Extractor,
  call: TransferCall<ExtractRequest>,
  { pageCount, eInvoice, text, policy, asked }: OpenedDocument,
): Promise<Extracted> {
  const choice = chooseProvider({ pageCount, eInvoice }, extractor.providers.gemini !== undefined);
  if ("refuse" in choice) return { outcome: { result: "refused", code: choice.refuse, page_count: pageCount } };
  const { signal } = call;
  const answer = await (asked ?? ask(extractor, choice.use, { call, eInvoice, policy, signal }));
  switch (answer.result) {
    case "refused":
      return { outcome: { result: "refused", code: answer.code, page_count: pageCount } };
    case "deferred":
      return { outcome: { result: "deferred", code: answer.code, ...attemptsOf(answer) } };
    case "extracted": {
      const document: DocumentToFinish = {
        page: pageOf(text),
        policy,
        today: extractor.today(),
        ...(choice.use === "e-invoice" && "facts" in eInvoice && { eInvoice: eInvoice.state }),
      };
      return await concludeExtraction(answer, document, pageCount, signal);
    }
    default: {
      const unknown: never = answer;
      throw new Error(`unknown answer ${Object.keys(unknown).join()}`);
    }
  }
}

/** What there is to ask a provider about. `signal`: as `DocumentToExtract` has it. */
interface Question extends Pick<DocumentToExtract, "eInvoice" | "policy" | "signal"> {
  readonly call: TransferCall<ExtractRequest>;
}

async function ask(
  { providers }: Extractor,
  name: Provider,
  { call, eInvoice, policy, signal }: Question,
): Promise<ProviderAnswer> {
  const { content } = call;
  const askedAt = performance.now();
  const remainingMs = () => call.remainingMs();
  const answer = await providerOf(providers, name).extract({ content, eInvoice, policy, signal, remainingMs });
  if (name === "gemini") call.spentOutside(performance.now() - askedAt);
  return answer;
}

function providerOf(providers: Extractor["providers"], name: Provider): ExtractionProvider {
  const provider = providers[name];
  if (provider === undefined) throw new Error(`provider ${name} was chosen and is not configured`);
  return provider;
}

function pageOf(text: OpenedDocument["text"]): DocumentToFinish["page"] {
  if (text.state === "read") return text.layer.view();
  return text.state === "unreadable" ? "unreadable" : undefined;
}

function attemptsOf({ attempts }: { readonly attempts?: number }): { readonly attempts?: number } {
  return attempts === undefined ? {} : { attempts };
}

/** What is invalid is not delivered, unless the tenant wants it flagged. Its bytes are gone then. */
async function concludeExtraction(
  { facts, provider, model }: Extract<ProviderAnswer, { result: "extracted" }>,
  document: DocumentToFinish,
  pageCount: number,
  signal: AbortSignal,
): Promise<Extracted> {
  const finished = await finishDocument(facts, document, signal);
  if (finished === "stopped") return { outcome: { result: "deferred", code: "deadline_exceeded" } };
  const { json, status, issueCount } = finished;
  const read = {
    provider,
    page_count: pageCount,
    validation_status: status,
    validation_issue_count: issueCount,
    ...(model !== undefined && {
      model: model.name,
      attempts: model.attempts,
      input_tokens: model.inputTokens,
      output_tokens: model.outputTokens,
    }),
  };
  if (status === "invalid" && document.policy.on_invalid === "refuse") {
    json.fill(0);
    return { outcome: { result: "invalid", code: "extraction_failed_validation", ...read } };
  }
  return { outcome: { result: "extracted", ...read }, content: GhostBytes.taking(json) };
}
