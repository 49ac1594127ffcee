import {
  DEFAULT_EXTRACTION_POLICY,
  type Extraction,
  type ExtractionPolicy,
  extractionSchema,
  type Facts,
} from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { type GeminiDouble, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { eInvoiceProvider } from "../e-invoice/provider.ts";
import { extractDocument } from "../extract-document.ts";
import { finishExtraction } from "../finish-extraction.ts";
import { geminiProvider } from "../gemini/provider.ts";
import { GeminiTransport } from "../gemini/transport.ts";
import { type PrintedDocument, printedDocument } from "../grounding/printed/printed-document.ts";
import type { DocumentReading } from "../pdf/document-reading.ts";
import { decodeTextLayer } from "../pdf/text-layer.ts";
import { readerWithoutThread } from "./reader-without-thread.ts";
import { callWith, recordingLogger } from "./transfer-call.ts";

/** A document's pages, opened once. */
export interface OpenedPages {
  readonly pdf: Uint8Array;
  readonly pageCount: number;
  /** JSON of a `TextLayer`, UTF-8. */
  readonly layer: Uint8Array;
}

/** The whole extractor with a model that says whatever it is told to say, over HTTP. */
export interface ModelExtractor extends AsyncDisposable {
  readonly gemini: GeminiDouble;
  /** What an ERP gets when the model says these facts about a page; undefined when it gets nothing, because it is invalid. */
  extract(page: OpenedPages, said: Facts, policy?: ExtractionPolicy): Promise<Extraction | undefined>;
}

const TODAY = "2026-11-23";

export async function openModelExtractor(): Promise<ModelExtractor> {
  const stack = new AsyncDisposableStack();
  const gemini = stack.use(await startGemini());
  const baseUrl = new URL(gemini.url);
  const transport = stack.use(new GeminiTransport(baseUrl));
  stack.use(transport.install());
  const { logger } = recordingLogger();
  const model = geminiProvider({ apiKey: "AIza-test-key", baseUrl, model: "gemini-2.5-flash", transport, logger });
  return {
    gemini,
    async extract({ pdf, pageCount, layer }, said, policy = DEFAULT_EXTRACTION_POLICY) {
      gemini.script({ facts: said });
      const extractor = {
        reader: { read: async () => readingOf(pageCount, layer) },
        providers: { "e-invoice": eInvoiceProvider, gemini: model },
        policyOf: () => policy,
        today: () => TODAY,
        logger,
      };
      const { outcome, content } = await extractDocument(extractor, callWith(pdf));
      if (outcome.result === "invalid") return undefined;
      if (content === undefined) throw new Error(`the document ended as ${outcome.result}`);
      using bytes = content;
      return extractionSchema.parse(JSON.parse(bytes.view().toString("utf8")));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Whether an ERP is told that something is wrong, or not told anything, because it is. */
export function isFlagged(extraction: Extraction | undefined): boolean {
  return extraction?.validation.status !== "valid";
}

/** Opens a document whose pages say something. */
export async function openPages(pdf: Uint8Array): Promise<OpenedPages> {
  using content = GhostBytes.taking(Buffer.from(pdf));
  const reading = await readerWithoutThread.read(content, new AbortController().signal);
  if (reading.result !== "opened" || reading.text.state !== "read")
    throw new Error("the document has no readable text");
  return { pdf, pageCount: reading.pageCount, layer: reading.text.layer.view() };
}

/** What the pages print, arranged for all the facts that are compared with it. */
export function printedOn({ layer }: OpenedPages): PrintedDocument {
  return printedDocument(decodeTextLayer(layer));
}

/** The same as `isFlagged` of facts that a model said about these pages, without asking it. */
export function wouldBeFlagged(said: Facts, page: PrintedDocument): boolean {
  const { status } = finishExtraction(said, { page, policy: DEFAULT_EXTRACTION_POLICY, today: TODAY });
  return status !== "valid";
}

/** For one extraction, which wipes what it is given. */
function readingOf(pageCount: number, layer: Uint8Array): DocumentReading {
  const text = { state: "read", layer: GhostBytes.taking(Buffer.from(layer)) } as const;
  return { result: "opened", pageCount, eInvoice: { state: "absent" }, text };
}
