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
import { DocumentReader } from "../pdf/document-reader.ts";
import type { DocumentReading } from "../pdf/document-reading.ts";
import { decodeTextLayer } from "../pdf/text-layer.ts";
import { callWith, recordingLogger } from "./transfer-call.ts";

/** A page, opened once. */
export interface OpenedPage {
  readonly pdf: Uint8Array;
  readonly reading: DocumentReading;
}

/** The whole extractor with a model that says whatever it is told to say, over HTTP. */
export interface ModelExtractor extends AsyncDisposable {
  readonly gemini: GeminiDouble;
  open(pdf: Uint8Array): Promise<OpenedPage>;
  /** What an ERP gets when the model says these facts about a page; undefined when it gets nothing, because it is invalid. */
  extract(page: OpenedPage, said: Facts, policy?: ExtractionPolicy): Promise<Extraction | undefined>;
}

const TODAY = "2026-11-23";

export async function openModelExtractor(): Promise<ModelExtractor> {
  const stack = new AsyncDisposableStack();
  const reader = stack.use(await DocumentReader.start());
  const gemini = stack.use(await startGemini());
  const baseUrl = new URL(gemini.url);
  const transport = stack.use(new GeminiTransport(baseUrl));
  stack.use(transport.install());
  const { logger } = recordingLogger();
  const model = geminiProvider({ apiKey: "AIza-test-key", baseUrl, model: "gemini-2.5-flash", transport, logger });
  return {
    gemini,
    async open(pdf) {
      using content = GhostBytes.taking(Buffer.from(pdf));
      return { pdf, reading: await reader.read(content, new AbortController().signal) };
    },
    async extract({ pdf, reading }, said, policy = DEFAULT_EXTRACTION_POLICY) {
      gemini.script({ facts: said });
      const extractor = {
        reader: { read: async () => copied(reading) },
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

/** What the page prints, arranged for all the facts that are compared with it. */
export function printedOn({ reading }: OpenedPage): PrintedDocument {
  if (reading.result !== "opened" || reading.text.state !== "read") throw new Error("the pages have no text");
  return printedDocument(decodeTextLayer(reading.text.layer.view()));
}

/** The same of facts that a model said about this page: what becomes of them without asking it. */
export function wouldBeFlagged(said: Facts, page: PrintedDocument): boolean {
  const { status } = finishExtraction(said, { page, policy: DEFAULT_EXTRACTION_POLICY, today: TODAY });
  return status !== "valid";
}

/** The same reading for one more extraction, which wipes what it is given. */
function copied(reading: DocumentReading): DocumentReading {
  if (reading.result !== "opened" || reading.text.state !== "read") return reading;
  const layer = GhostBytes.taking(Buffer.from(reading.text.layer.view()));
  return { ...reading, text: { state: "read", layer } };
}
