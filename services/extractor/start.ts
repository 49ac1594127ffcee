import { extractRequestSchema } from "@flowstate/contracts";
import { MemoryBudget } from "@flowstate/ghost";
import { brokerLogin, connectDocuments, serveTransfers, startHardened } from "@flowstate/messaging";
import { type Logger, observeMemory, type RunningService, serveProbes } from "@flowstate/runtime";
import type { ExtractorConfig } from "./config.ts";
import { eInvoiceProvider } from "./e-invoice/provider.ts";
import { type Extractor, extractDocument } from "./extract-document.ts";
import { type GeminiProvider, geminiProvider } from "./gemini/provider.ts";
import { GeminiTransport } from "./gemini/transport.ts";
import { DocumentReader } from "./pdf/document-reader.ts";
import { policiesOf } from "./policies.ts";

/** Puts the extractor together: parser, model, broker. Disposing takes no new documents and finishes those under way. */
export async function startExtractor(
  config: ExtractorConfig,
  logger: Logger,
): Promise<RunningService<ExtractorConfig>> {
  const { scrubFault } = await startHardened(logger, config.GHOST_STRICT);
  await using starting = new AsyncDisposableStack();
  const probes = starting.use(await serveProbes({ host: config.EXTRACTOR_HOST, port: config.EXTRACTOR_PORT, logger }));
  // Installed without a key as well: from here on nothing in this process can fetch anything but the model's answer.
  const transport = starting.use(new GeminiTransport(config.GEMINI_BASE_URL));
  transport.install();
  const gemini = geminiOf(config, transport, logger);
  const extractor: Extractor = {
    reader: starting.use(await DocumentReader.start()),
    providers: { "e-invoice": eInvoiceProvider, ...(gemini !== undefined && { gemini }) },
    policyOf: policiesOf(config),
    today: () => new Date().toISOString().slice(0, "YYYY-MM-DD".length),
    logger,
  };
  const documents = starting.use(
    await connectDocuments({ ...brokerLogin(config, "DOCUMENTS"), identity: "extractor", logger }),
  );
  const budget = new MemoryBudget(config.EXTRACTOR_MEMORY_BYTES);
  starting.use(observeMemory(budget));
  starting.use(
    await serveTransfers(documents, {
      service: "extractor",
      description: "Reads a PDF and answers with what it states.",
      requestSchema: extractRequestSchema,
      maxContentBytes: config.MAX_UPLOAD_BYTES,
      budget,
      logger,
      ...(gemini !== undefined && { admits: (underWay: number) => gemini.admits(underWay) }),
      handle: (call) => extractDocument(extractor, call),
    }),
  );
  starting.use(probes.readyWhile(() => documents.connected && scrubFault() === undefined));
  const parts = starting.move();
  return {
    url: probes.url,
    renewCertificates: (renewed) => documents.renewCertificate(brokerLogin(renewed, "DOCUMENTS")),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Undefined without a key: then no document leaves this system but for the ERP. */
function geminiOf(
  {
    GEMINI_API_KEY: apiKey,
    GEMINI_BASE_URL: baseUrl,
    GEMINI_MODEL: model,
    GEMINI_CONCURRENCY: concurrency,
  }: ExtractorConfig,
  transport: GeminiTransport,
  logger: Logger,
): GeminiProvider | undefined {
  if (apiKey === undefined) return undefined;
  return geminiProvider({ apiKey, baseUrl, model, concurrency, transport, logger });
}
