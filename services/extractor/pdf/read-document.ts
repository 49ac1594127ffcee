import { getDocumentProxy } from "unpdf";
import { eInvoicePreference } from "../e-invoice/embedded-names.ts";
import { parseXml } from "../e-invoice/parse-xml.ts";
import { readCii } from "../e-invoice/read-cii.ts";
import { finishExtraction } from "../finish-extraction.ts";
import type { ThreadAnswer } from "./document-reading.ts";

/** Largest XML read, bytes: XRechnung may carry whole enclosures in it, and 5,000 lines take about 8 MiB. */
const MAX_XML_BYTES = 16 * 1024 * 1024;
/** Embedded XML files tried, the likeliest name first. Real e-invoices have one. */
const MAX_XML_FILES = 4;

/** pdf.js does only what is asked of it here: no scripts, no forms, no fonts, no workers, no messages. */
const PARSER_OPTIONS = {
  verbosity: 0,
  isEvalSupported: false,
  enableXfa: false,
  disableFontFace: true,
  useSystemFonts: false,
  useWasm: false,
  useWorkerFetch: false,
} as const;

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type ThreadEInvoice = Extract<ThreadAnswer, { result: "opened" }>["e_invoice"];

/**
 * Opens a PDF: counts its pages and reads the e-invoice inside it, if there is one. Runs in the parser thread only; what
 * never ends or takes too much is ended from outside. `content` must lie in shared memory, see `shareInsteadOfTransfer`.
 * Rejects only for bugs.
 */
export async function readDocument(content: Uint8Array): Promise<ThreadAnswer> {
  const opened = await openPdf(content);
  if ("code" in opened) return { result: "refused", code: opened.code };
  const { pdf } = opened;
  try {
    return { result: "opened", page_count: pdf.numPages, e_invoice: await readEInvoice(pdf) };
  } finally {
    await pdf.loadingTask.destroy();
  }
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

async function readEInvoice(pdf: Pdf): Promise<ThreadEInvoice> {
  let otherwise: Exclude<ThreadEInvoice["state"], "read"> = "absent";
  for (const name of await embeddedXmlNames(pdf)) {
    const xml = await embeddedBytes(pdf, name);
    if (xml === undefined) continue;
    if (xml.byteLength > MAX_XML_BYTES) {
      otherwise = "over_limits";
      continue;
    }
    const root = parseXml(xml);
    xml.fill(0);
    const extraction = root === undefined ? undefined : readCii(root);
    if (extraction !== undefined) return { state: "read", ...finishExtraction(extraction) };
    if (otherwise === "absent") otherwise = "unusable";
  }
  return { state: otherwise };
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
