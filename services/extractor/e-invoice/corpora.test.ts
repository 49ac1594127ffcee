import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { extractionSchema } from "@flowstate/contracts";
import { getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extractDocument } from "../extract-document.ts";
import { DocumentReader } from "../pdf/document-reader.ts";
import { callWith, recordingLogger } from "../testing/transfer-call.ts";
import { eInvoiceProvider } from "./provider.ts";

// Real: invoices from outside (ZUGFeRD/corpus), which are not part of this repository, and the whole extractor without a
// model. The expected values come from the XML by regular expressions, not by the parser under test.

const root = path.resolve(import.meta.dirname, "../../..");
const folder = path.resolve(root, "../shared/corpora/einvoices");
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".pdf")) : [];

let reader: DocumentReader;
beforeAll(async () => {
  reader = await DocumentReader.start();
});
afterAll(() => reader[Symbol.asyncDispose]());

async function xmlIn(pdf: Uint8Array): Promise<string> {
  const document = await getDocumentProxy(new Uint8Array(pdf), { verbosity: 0 });
  for (const name of (await document.getAttachments())?.keys() ?? []) {
    const content = await document.getAttachmentContent(name);
    if (name.endsWith(".xml") && content instanceof Uint8Array) return new TextDecoder().decode(content);
  }
  throw new Error("no XML inside");
}

function valuesOf(xml: string) {
  const all = (pattern: RegExp, text = xml) => [...text.matchAll(pattern)].map((match) => unescaped(match[1] ?? ""));
  const header = /<rsm:ExchangedDocument>[\s\S]*?<\/rsm:ExchangedDocument>/.exec(xml)?.[0] ?? "";
  const seller = /<ram:SellerTradeParty>[\s\S]*?<\/ram:SellerTradeParty>/.exec(xml)?.[0] ?? "";
  const sellerName = /<\/?ram:DefinedTradeContact>/.test(seller)
    ? seller.split("<ram:DefinedTradeContact>")[0]
    : seller;
  const lines =
    xml.match(/<ram:IncludedSupplyChainTradeLineItem>[\s\S]*?<\/ram:IncludedSupplyChainTradeLineItem>/g) ?? [];
  const [year, month, day] = /DateTimeString format="102">\s*(\d{4})(\d{2})(\d{2})/.exec(header)?.slice(1) ?? [];
  return {
    number: all(/<ram:ID>([^<]*)</g, header)[0],
    date: `${year}-${month}-${day}`,
    seller: all(/<ram:Name>([^<]*)</g, sellerName)[0],
    currency: all(/<ram:InvoiceCurrencyCode>([^<]*)</g)[0],
    gross: all(/<ram:GrandTotalAmount[^>]*>([^<]*)</g)[0],
    amounts: lines.flatMap((line) => all(/<ram:LineTotalAmount[^>]*>([^<]*)</g, line)),
    quantities: lines.flatMap((line) => all(/<ram:BilledQuantity[^>]*>([^<]*)</g, line)),
  };
}

/** Entities resolved and line ends normalised, as XML 1.0 asks of every parser. */
function unescaped(text: string): string {
  return text.trim().replaceAll("\r\n", "\n").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

describe("the e-invoice corpus", () => {
  it.skipIf(files.length === 0)("is all there (skipped where the corpus is absent)", () => {
    expect(files).toHaveLength(26);
  });

  it.skipIf(files.length === 0).each(files.length === 0 ? ["skipped"] : files)("is read exactly: %s", async (file) => {
    const pdf = readFileSync(path.join(folder, file));
    const expected = valuesOf(await xmlIn(pdf));
    const { outcome, content } = await extractDocument(
      { reader, providers: { "e-invoice": eInvoiceProvider }, logger: recordingLogger().logger },
      callWith(pdf),
    );
    using extraction = content;
    expect(outcome).toMatchObject({ result: "extracted", provider: "e-invoice" });
    const read = extractionSchema.parse(JSON.parse(extraction?.view().toString("utf8") ?? ""));
    expect({
      number: read.document_number,
      date: read.document_date,
      seller: read.vendor?.name,
      currency: read.currency,
      gross: read.totals.gross,
      amounts: read.lines.map((line) => line.amount),
      quantities: read.lines.map((line) => line.quantity),
    }).toEqual(expected);
    expect(expected.number).toMatch(/./);
    expect(expected.seller).toMatch(/./);
  });
});
