import { sampleFacts } from "../../../deploy/local/doubles/gemini-answer.ts";
import { assemblePdf, CATALOG, PAGES } from "../../../deploy/local/fixtures/assemble-pdf.ts";
import { eInvoicePdf } from "../../../deploy/local/fixtures/e-invoice.ts";
import type { Facts } from "../../../libs/contracts/index.ts";
import type { Planter } from "./canary.ts";

/** Canaries that fill the document beside what a reader looks at, bytes. */
const FILLING_BYTES = 4_096;

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
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
      `<< /Title (${planter.text(2)}) >>`,
      { dictionary: "", stream: planter.bytes(fillingBytes) },
    ],
    "/Info 6 0 R",
  );
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
