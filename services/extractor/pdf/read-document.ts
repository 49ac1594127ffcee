import { getDocumentProxy } from "unpdf";
import { eInvoicePreference } from "../e-invoice/embedded-names.ts";
import { parseXml } from "../e-invoice/parse-xml.ts";
import { type EInvoiceFacts, readFacts } from "../e-invoice/read-facts.ts";
import { contradictsPage } from "../grounding/contradicts-page.ts";
import { printedDocument } from "../grounding/printed/printed-document.ts";
import type { ThreadAnswer, ThreadText } from "./document-reading.ts";
import { readTextLayer } from "./read-text-layer.ts";
import { encodeTextLayer } from "./text-layer.ts";

/** Largest XML read, bytes: XRechnung may carry whole enclosures in it, and 5,000 lines take about 8 MiB. */
const MAX_XML_BYTES = 16 * 1024 * 1024;
/** Embedded XML files tried, the likeliest name first. Real e-invoices have one. */
const MAX_XML_FILES = 4;

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

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type ThreadEInvoice = Extract<ThreadAnswer, { result: "opened" }>["e_invoice"];
type Unread = Exclude<ThreadEInvoice, { facts: unknown }>["state"];

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
  const eInvoice = await readEInvoice(pdf);
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

function answerOf(eInvoice: EInvoiceFacts | Unread): ThreadEInvoice {
  if (typeof eInvoice === "string") return { state: eInvoice };
  const facts = new TextEncoder().encode(JSON.stringify(eInvoice.facts));
  return { state: eInvoice.complete ? "read" : "incomplete", facts };
}

async function readText(pdf: Pdf, eInvoice: EInvoiceFacts | Unread): Promise<ThreadText> {
  const text = await readTextLayer(pdf);
  if (typeof text === "string") return { state: text };
  const printed = printedDocument(text);
  // What has too much in it to be looked through is said to be so here, before anybody relies on it.
  if (!printed.isReadable) return { state: "unreadable" };
  const contradicts = typeof eInvoice !== "string" && contradictsPage(eInvoice.facts, printed);
  return { state: "read", layer: encodeTextLayer(text), contradicts_e_invoice: contradicts };
}

async function openPdf(
  content: Uint8Array,
): Promise<{ readonly pdf: Pdf } | { readonly code: "document_encrypted" | "document_unreadable" }> {
  try {
    const pdf = await getDocumentProxy(content, PARSER_OPTIONS);
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

async function readEInvoice(pdf: Pdf): Promise<EInvoiceFacts | Unread> {
  let otherwise: Unread = "absent";
  for (const name of await embeddedXmlNames(pdf)) {
    const xml = await embeddedBytes(pdf, name);
    if (xml === undefined) continue;
    if (xml.byteLength > MAX_XML_BYTES) {
      otherwise = "over_limits";
      continue;
    }
    const root = parseXml(xml);
    xml.fill(0);
    const facts = root === undefined ? undefined : readFacts(root);
    if (facts !== undefined) return facts;
    if (otherwise === "absent") otherwise = "unusable";
  }
  return otherwise;
}

/** The keys of embedded files that may hold an e-invoice, by preference. A broken name tree counts as empty. */
async function embeddedXmlNames(pdf: Pdf): Promise<readonly string[]> {
  const embedded = await pdf.getAttachments().catch(() => null);
  return [...(embedded ?? [])]
    .flatMap(([key, { filename }]) => {
      const preference = eInvoicePreference(filename) ?? eInvoicePreference(key);
      return preference === undefined ? [] : [{ key, preference }];
    })
    .sort((a, b) => a.preference - b.preference)
    .slice(0, MAX_XML_FILES)
    .map(({ key }) => key);
}

/** Undefined for a file that is named but cannot be read. */
async function embeddedBytes(pdf: Pdf, name: string): Promise<Uint8Array | undefined> {
  const bytes = await pdf.getAttachmentContent(name).catch(() => undefined);
  return bytes instanceof Uint8Array ? bytes : undefined;
}
