import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { extractionFactsSchema, type Facts } from "@flowstate/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeTextLayer } from "../pdf/text-layer.ts";
import { E_INVOICE_FAULT_KINDS, E_INVOICE_FAULTS } from "../testing/e-invoice-faults.ts";
import { FaultTable } from "../testing/fault-table.ts";
import { invoiceDocuments } from "../testing/invoice-documents.ts";
import { type ModelExtractor, openModelExtractor } from "../testing/model-extractor.ts";
import { contradictsPage } from "./contradicts-page.ts";
import { type PrintedDocument, printedDocument } from "./printed-document.ts";
import { printedAmounts } from "./printed-money.ts";
import { magnitude } from "./printed-number.ts";

// Real: the pages, as the extractor reads them, and their comparison with the data. Doubled: the data, which says the truth
// and then something else; what becomes of a document that contradicts itself is said in `extract-document.test.ts`.

const folder = path.resolve(import.meta.dirname, "../../../../shared/corpora/einvoices");
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".pdf")) : [];

const MIN_FLAGGED = 0.95;
const MAX_TRUTHS_FLAGGED = 0.02;

let extractor: ModelExtractor;
beforeAll(async () => {
  extractor = await openModelExtractor();
});
afterAll(() => extractor[Symbol.asyncDispose]());

async function openedPages(pdf: Uint8Array) {
  const { reading } = await extractor.open(pdf);
  if (reading.result !== "opened" || reading.text.state !== "read") throw new Error("the pages have no text");
  const { eInvoice, text } = reading;
  const facts = "facts" in eInvoice ? JSON.parse(eInvoice.facts.view().toString("utf8")) : undefined;
  return { facts, printed: printedDocument(decodeTextLayer(text.layer.view())) };
}

function tryEverything(table: FaultTable, name: string, truth: Facts, printed: PrintedDocument): void {
  table.note("truth", name, contradictsPage(truth, printed));
  const own = [truth.totals.gross, truth.totals.due].map((total) => magnitude(total ?? "0"));
  const sizes = new Set(printedAmounts(truth.currency, printed).map(({ size }) => size));
  const others = sizes.difference(new Set(["0", ...own]));
  for (const kind of E_INVOICE_FAULT_KINDS) {
    for (const { what, facts } of E_INVOICE_FAULTS[kind](truth, [...others])) {
      table.note(kind, `${name} ${what}`, contradictsPage(facts, printed));
    }
  }
}

function itFindsThem(table: FaultTable, title: string, options: { readonly skip: boolean }): void {
  it.skipIf(options.skip)("takes at most 2 % of true data for contradicting", () => {
    table.print(title);
    expect(table.flaggedPart("truth")).toBeLessThanOrEqual(MAX_TRUTHS_FLAGGED);
  });

  it.skipIf(options.skip).each(E_INVOICE_FAULT_KINDS)("finds at least 95 in 100 of: %s", (kind) => {
    expect(table.flaggedPart(kind)).toBeGreaterThanOrEqual(MIN_FLAGGED);
  });
}

describe("the e-invoices of the corpus, whose data says something else than the page", () => {
  const table = new FaultTable();
  const skip = files.length === 0;

  it.skipIf(skip)(
    "are all compared",
    async () => {
      for (const file of files) {
        const { facts, printed } = await openedPages(readFileSync(path.join(folder, file)));
        tryEverything(table, file, extractionFactsSchema.parse(facts), printed);
      }
      expect(table.count("truth")).toBe(26);
    },
    120_000,
  );

  itFindsThem(table, "26 e-invoices of the corpus, whose data says something else than the page", { skip });
});

describe("invoices as other countries print them, whose data says something else than the page", () => {
  const table = new FaultTable();

  it("are all compared", async () => {
    for (const { name, pdf, truth } of invoiceDocuments()) {
      const { printed } = await openedPages(pdf);
      tryEverything(table, name, truth, printed);
    }
    expect(table.count("truth")).toBe(invoiceDocuments().length);
  }, 120_000);

  itFindsThem(table, "17 invoices of different countries, whose data says something else than the page", {
    skip: false,
  });
});
