import type { Facts } from "@flowstate/contracts";
// Past unpdf's own entrance, which finds pdf.js when it is first asked for something: by then no module is looked for.
import { getDocument } from "unpdf/pdfjs";
import type { EInvoiceFacts } from "../e-invoice/read-facts.ts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import type { ThreadAnswer, ThreadText } from "./document-reading.ts";
import { encodeTextLayer } from "./encode-text-layer.ts";
import { type NoFacts, readEInvoice } from "./read-e-invoice.ts";
import { readTextLayer } from "./read-text-layer.ts";

/**
 * pdf.js does only what is asked of it here: no scripts, no forms, no fonts, no workers, no messages. Pictures are left
 * out before they are decoded: one page of a scan takes more memory than all the rest of a document.
 */
const PARSER_OPTIONS = {
  verbosity: 0,
  isEvalSupported: false,
  enableXfa: false,
  disableFontFace: true,
  useSystemFonts: false,
  useWasm: false,
  useWorkerFetch: false,
  maxImageSize: 0,
} as const;

type Pdf = Awaited<ReturnType<typeof getDocument>["promise"]>;
type ThreadEInvoice = Extract<ThreadAnswer, { result: "opened" }>["e_invoice"];

interface OpenDocument {
  readonly answer: ThreadAnswer;
  /** Reads the pages and closes the document; nothing else may be asked of it. Undefined when it could not be opened. */
  readonly readText?: () => Promise<ThreadText>;
}

/**
 * Opens a PDF: counts its pages and reads the e-invoice inside it, if there is one; then, in a second step that the
 * document may fail without being refused, what its pages say. Runs in the parser thread only; what never ends or takes too
 * much is ended from outside. `content` must lie in shared memory, see `shareInsteadOfTransfer`. Rejects only for bugs.
 */
export async function openDocument(content: Uint8Array): Promise<OpenDocument> {
  const opened = await openPdf(content);
  if ("code" in opened) return { answer: { result: "refused", code: opened.code } };
  const { pdf } = opened;
  const eInvoice = await readEInvoice(pdf, content);
  return {
    answer: { result: "opened", page_count: pdf.numPages, e_invoice: answerOf(eInvoice) },
    readText: async () => {
      try {
        return await readText(pdf, eInvoice);
      } finally {
        await pdf.loadingTask.destroy();
      }
    },
  };
}

function answerOf(eInvoice: EInvoiceFacts | NoFacts): ThreadEInvoice {
  if (typeof eInvoice === "string") return { state: eInvoice };
  const facts = new TextEncoder().encode(JSON.stringify(eInvoice.facts));
  return { state: eInvoice.complete ? "read" : "incomplete", facts };
}

async function readText(pdf: Pdf, eInvoice: EInvoiceFacts | NoFacts): Promise<ThreadText> {
  const text = await readTextLayer(pdf);
  if (typeof text === "string") return { state: text };
  // Loaded only for documents with text on their pages: scans have none, and each thread loads by itself.
  const { printedDocument } = await import("../grounding/printed/printed-document.ts");
  const printed = printedDocument(text);
  // What has too much in it to be looked through is said to be so here, before anybody relies on it.
  if (!printed.isReadable) return { state: "unreadable" };
  const contradicts = typeof eInvoice !== "string" && (await contradictsPage(eInvoice.facts, printed));
  return { state: "read", layer: encodeTextLayer(text), contradicts_e_invoice: contradicts };
}

/** Loaded only for documents with data of their own, like what reads it: most have none. */
async function contradictsPage(facts: Facts, printed: PrintedDocument): Promise<boolean> {
  const { contradictsPage } = await import("../grounding/contradicts-page.ts");
  return contradictsPage(facts, printed);
}

async function openPdf(
  content: Uint8Array,
): Promise<{ readonly pdf: Pdf } | { readonly code: "document_encrypted" | "document_unreadable" }> {
  try {
    const pdf = await getDocument({ data: content, ...PARSER_OPTIONS }).promise;
    return pdf.numPages > 0 ? { pdf } : { code: "document_unreadable" };
  } catch (error) {
    return { code: whyUnreadable(error, content) };
  }
}

/**
 * A document is encrypted if pdf.js asks for a password, or if it cannot be opened and says itself that it is encrypted:
 * methods that pdf.js does not know look like damage to it.
 */
function whyUnreadable(error: unknown, content: Uint8Array): "document_encrypted" | "document_unreadable" {
  if (error instanceof Error && error.name === "PasswordException") return "document_encrypted";
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return bytes.includes("/Encrypt") ? "document_encrypted" : "document_unreadable";
}
