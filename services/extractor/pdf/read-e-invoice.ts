import type { getDocument } from "unpdf/pdfjs";
import { eInvoicePreference } from "../e-invoice/embedded-names.ts";
import type { EInvoiceFacts } from "../e-invoice/read-facts.ts";
import { associatedFiles } from "./associated/associated-files.ts";
import type { ThreadAnswer } from "./document-reading.ts";

/** Largest XML read, bytes: XRechnung may carry whole enclosures in it, and 5,000 lines take about 8 MiB. */
const MAX_XML_BYTES = 16 * 1024 * 1024;
/** Files tried, the likeliest name first. Real e-invoices have one. */
const MAX_XML_FILES = 4;

type Pdf = Awaited<ReturnType<typeof getDocument>["promise"]>;
type ThreadEInvoice = Extract<ThreadAnswer, { result: "opened" }>["e_invoice"];
/** Why there is no data to book from. */
export type NoFacts = Exclude<ThreadEInvoice, { facts: unknown }>["state"];

/** A file in the document that its name says to be XML. */
interface XmlFile {
  readonly preference: number;
  /** Undefined for a file that is named and cannot be read. Whoever receives the bytes zeroes them. */
  read(): Promise<Uint8Array | undefined>;
}

/** What the first file states that is an e-invoice: of those listed as embedded, then of those associated. */
export async function readEInvoice(pdf: Pdf, content: Uint8Array): Promise<EInvoiceFacts | NoFacts> {
  const embedded = await firstFacts(await embeddedXml(pdf));
  if (typeof embedded !== "string") return embedded;
  const associated = await firstFacts(associatedXml(content));
  return associated === "absent" ? embedded : associated;
}

async function firstFacts(files: readonly XmlFile[]): Promise<EInvoiceFacts | NoFacts> {
  let otherwise: NoFacts = "absent";
  for (const file of files.toSorted((a, b) => a.preference - b.preference).slice(0, MAX_XML_FILES)) {
    const xml = await file.read();
    if (xml === undefined) continue;
    if (xml.byteLength > MAX_XML_BYTES) {
      otherwise = "over_limits";
      continue;
    }
    const { readXml } = await import("../e-invoice/read-xml.ts");
    const facts = readXml(xml);
    xml.fill(0);
    if (facts !== undefined) return facts;
    if (otherwise === "absent") otherwise = "unusable";
  }
  return otherwise;
}

/** A broken name tree counts as empty. */
async function embeddedXml(pdf: Pdf): Promise<readonly XmlFile[]> {
  const embedded = await pdf.getAttachments().catch(() => null);
  return [...(embedded ?? [])].flatMap(([key, { filename }]) => {
    const preference = eInvoicePreference(filename) ?? eInvoicePreference(key);
    const read = async () => {
      const bytes = await pdf.getAttachmentContent(key).catch(() => undefined);
      return bytes instanceof Uint8Array ? bytes : undefined;
    };
    return preference === undefined ? [] : [{ preference, read }];
  });
}

function associatedXml(content: Uint8Array): readonly XmlFile[] {
  const pdf = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return associatedFiles(pdf).flatMap(({ name, read }) => {
    const preference = eInvoicePreference(name);
    return preference === undefined ? [] : [{ preference, read: async () => read() }];
  });
}
