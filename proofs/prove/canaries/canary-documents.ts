import { deflateSync } from "node:zlib";
import { sampleFacts } from "../../../deploy/local/doubles/gemini-answer.ts";
import { assemblePdf, CATALOG, PAGES, type PdfObject } from "../../../deploy/local/fixtures/assemble-pdf.ts";
import { eInvoicePdf } from "../../../deploy/local/fixtures/e-invoice.ts";
import type { Facts } from "../../../libs/contracts/index.ts";
import type { Planter } from "./canary.ts";

/** Canaries that fill the document beside what a reader looks at, bytes. */
const FILLING_BYTES = 4_096;

const MIB = 1024 * 1024;
/** Of each page that is read. */
const PRINTED_LINES = 50;
const NAMED_FONTS = 40;
const FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
/** Behind the catalog, the pages and the font. */
const FIRST_CONTENT = 4;
/** Operators that paint nothing, on as many pages as a document may have to be read. */
const BUSY_CONTENT = deflateSync(Buffer.alloc(4 * MIB, "q Q\n"), { level: 9 });
const BUSY_PAGES = 130;

/** A PDF that only a model can read: canaries on its page, in its title, and in a stream of as many bytes as are wanted. */
export function scannedPdf(planter: Planter, fillingBytes = FILLING_BYTES): Buffer {
  planter.documents += 1;
  const lines = Array.from({ length: 4 }, (_, line) => `1 0 0 1 40 ${700 - 20 * line} Tm (${planter.text(3)}) Tj`);
  return assemblePdf(
    [
      CATALOG,
      PAGES,
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
      { dictionary: "", stream: Buffer.from(`BT /F 10 Tf ${lines.join(" ")} ET`, "latin1") },
      FONT,
      `<< /Title (${planter.text(2)}) >>`,
      { dictionary: "", stream: planter.bytes(fillingBytes) },
    ],
    "/Info 6 0 R",
  );
}

/**
 * A PDF whose pages are full of canaries: what is read of them is in strings for as long as the others are read. With
 * `isNeverRead` pages follow that take longer than any mail of the proof has.
 */
export function printedPdf(planter: Planter, pages: number, { isNeverRead = false } = {}): Buffer {
  planter.documents += 1;
  const contents: PdfObject[] = Array.from({ length: pages }, () => {
    const lines = Array.from(
      { length: PRINTED_LINES },
      (_, line) => `1 0 0 1 40 ${750 - 14 * line} Tm (${planter.text(4)}) Tj`,
    );
    return { dictionary: "", stream: Buffer.from(`BT /F 10 Tf ${lines.join(" ")} ET`, "latin1") };
  });
  contents.push({ dictionary: "/Filter /FlateDecode", stream: BUSY_CONTENT });
  const pageCount = pages + (isNeverRead ? BUSY_PAGES : 0);
  const shown = Array.from({ length: pageCount }, (_, page) => FIRST_CONTENT + Math.min(page, pages));
  const firstPage = FIRST_CONTENT + contents.length;
  const kids = shown.map((_, page) => `${firstPage + page} 0 R`);
  return assemblePdf([
    CATALOG,
    `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${pageCount} >>`,
    FONT,
    ...contents,
    ...shown.map(
      (content) =>
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R ` +
        "/Resources << /Font << /F 3 0 R >> >> >>",
    ),
  ]);
}

/**
 * A PDF that calls its fonts by canaries. Who reads it has a property by each of these names, and V8 keeps such strings in the
 * old generation from the first.
 */
export function namingPdf(planter: Planter): Buffer {
  planter.documents += 1;
  const names = Array.from({ length: NAMED_FONTS }, () => planter.text(1));
  const lines = names.map((name, line) => `/${name} 10 Tf 1 0 0 1 40 ${750 - 14 * line} Tm (Invoice) Tj`);
  return assemblePdf([
    CATALOG,
    PAGES,
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " +
      `/Resources << /Font << ${names.map((name) => `/${name} 5 0 R`).join(" ")} >> >> >>`,
    { dictionary: "", stream: Buffer.from(`BT ${lines.join(" ")} ET`, "latin1") },
    FONT,
  ]);
}

/** An invoice with its data inside: canaries on the page, in the title and in the data. */
export async function eInvoice(planter: Planter, lines = 1): Promise<Buffer> {
  planter.documents += 1;
  return await eInvoicePdf({
    number: planter.text(2),
    purchaseOrder: planter.text(2),
    vendorName: planter.text(3),
    lines: Array.from({ length: lines }, () => ({
      item: planter.text(1),
      description: planter.text(3),
      quantity: "1",
      unit: "C62",
      unitPrice: "100.00",
      amount: "100.00",
    })),
  });
}

/** What a model reads in a document: facts that add up, with canaries wherever a text may stand. */
export function canaryFacts(planter: Planter): Facts {
  const party = <T extends Facts["vendor"]>(like: T): T => ({
    ...like,
    name: planter.text(3),
    street: planter.text(2),
    city: planter.text(2),
  });
  return {
    ...sampleFacts,
    document_number: planter.text(2),
    references: {
      ...sampleFacts.references,
      purchase_order_numbers: [planter.text(2), planter.text(2)],
      contract_number: planter.text(2),
    },
    vendor: party(sampleFacts.vendor),
    buyer: party(sampleFacts.buyer),
    lines: sampleFacts.lines.map((line) => ({ ...line, description: planter.text(4) })),
  };
}
