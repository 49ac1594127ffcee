import { DEFAULT_EXTRACTION_POLICY } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { type EInvoiceOptions, eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { describe, expect, it } from "vitest";
import type { ProviderAnswer } from "../extraction-provider.ts";
import type { EInvoice } from "../pdf/document-reading.ts";
import { readerWithoutThread } from "../testing/reader-without-thread.ts";
import { eInvoiceProvider } from "./provider.ts";

// Real: everything between a PDF and its facts. The PDFs are made by the project's own fixture.

async function answerTo(eInvoice: EInvoice): Promise<ProviderAnswer> {
  return await eInvoiceProvider.extract({
    content: GhostBytes.taking(Buffer.alloc(0)),
    eInvoice,
    policy: DEFAULT_EXTRACTION_POLICY,
    signal: new AbortController().signal,
    remainingMs: () => 60_000,
  });
}

/** What is read of the e-invoice in a PDF. */
async function read(options: EInvoiceOptions): Promise<{ readonly state: string; readonly answer: ProviderAnswer }> {
  using content = GhostBytes.taking(await eInvoicePdf(options));
  const reading = await readerWithoutThread.read(content, new AbortController().signal);
  if (reading.result !== "opened" || !("facts" in reading.eInvoice)) throw new Error("there is no e-invoice");
  using facts = reading.eInvoice.facts;
  using _layer = reading.text.state === "read" ? reading.text.layer : undefined;
  return { state: reading.eInvoice.state, answer: await answerTo({ state: reading.eInvoice.state, facts }) };
}

describe("the e-invoice provider", () => {
  const { number, purchaseOrder, gross } = sampleInvoice();

  it.each([
    ["en-16931", "read", "invoice", number],
    ["zugferd-1", "read", "invoice", number],
    ["ubl", "read", "invoice", number],
    ["order-x", "read", "purchase_order", purchaseOrder],
    ["minimum", "incomplete", "invoice", number],
  ] as const)("reads what a PDF states as %s, and that it is %s", async (syntax, state, type, documentNumber) => {
    expect(await read({ syntax })).toMatchObject({
      state,
      answer: {
        result: "extracted",
        provider: "e-invoice",
        facts: { document_type: type, document_number: documentNumber, totals: { gross } },
      },
    });
  });

  it("is never asked about a document without e-invoice", async () => {
    await expect(answerTo({ state: "absent" })).rejects.toThrow("without e-invoice");
  });
});
