import { createHash } from "node:crypto";
import { extractionSchema, extractOutcomeSchema } from "@flowstate/contracts";
import { type GeminiDouble, type ScriptedAnswer, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { sampleExtraction } from "@flowstate/local/doubles/gemini-answer.ts";
import { eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { embeddingPdf, encryptedPdf, garbagePdf, manyPagesPdf } from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eInvoiceProvider } from "./e-invoice/provider.ts";
import { type Extractor, extractDocument } from "./extract-document.ts";
import { geminiProvider } from "./gemini/provider.ts";
import { GeminiTransport } from "./gemini/transport.ts";
import { DocumentReader } from "./pdf/document-reader.ts";
import { callWith, isZeroed, recordingLogger } from "./testing/transfer-call.ts";

// Real: the parser threads, both providers, the SDK, HTTP over loopback. Doubled: Gemini. The sealed transfer is a call.

const MIB = 1024 * 1024;
let reader: DocumentReader;
let gemini: GeminiDouble;
let stack: AsyncDisposableStack;
let lines: Record<string, unknown>[];
let withoutModel: Extractor;
let withModel: Extractor;

beforeAll(async () => {
  reader = await DocumentReader.start();
});
afterAll(() => reader[Symbol.asyncDispose]());

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  gemini = stack.use(await startGemini());
  const baseUrl = new URL(gemini.url);
  const transport = stack.use(new GeminiTransport(baseUrl));
  stack.use(transport.install());
  const recording = recordingLogger();
  lines = recording.lines;
  const { logger } = recording;
  const model = geminiProvider({ apiKey: "AIza-test-key", baseUrl, model: "gemini-2.5-flash", transport, logger });
  withoutModel = { reader, providers: { "e-invoice": eInvoiceProvider }, logger };
  withModel = { ...withoutModel, providers: { ...withoutModel.providers, gemini: model } };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await stack.disposeAsync();
});

/** The first large allocation that follows: the body of the request, with the document in base64. The double's come later. */
function watchRequestBody(atLeastBytes: number): { readonly bytes: Buffer | undefined } {
  const watched: { bytes: Buffer | undefined } = { bytes: undefined };
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
  vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
    const buffer = allocate(size);
    if (size >= atLeastBytes) watched.bytes ??= buffer;
    return buffer;
  });
  return watched;
}

describe("extractDocument", () => {
  it("reads an e-invoice without asking anybody, and wipes the PDF", async () => {
    const sample = sampleInvoice();
    const call = callWith(await eInvoicePdf());
    const { outcome, content } = await extractDocument(withModel, call);
    expect(extractOutcomeSchema.parse(outcome)).toEqual({
      result: "extracted",
      provider: "e-invoice",
      page_count: 1,
      validation_status: "valid",
      validation_issue_count: 0,
    });
    using extraction = content;
    const parsed = extractionSchema.parse(JSON.parse(extraction?.view().toString("utf8") ?? ""));
    expect(parsed).toMatchObject({ document_number: sample.number, totals: { gross: sample.gross } });
    expect(isZeroed(call.retained)).toBe(true);
    expect(gemini.attempts).toBe(0);
  });

  it("asks the model about a document without data of its own", async () => {
    const { outcome, content } = await extractDocument(withModel, callWith(await eInvoicePdf({ xml: false })));
    expect(extractOutcomeSchema.parse(outcome)).toEqual({
      result: "extracted",
      provider: "gemini",
      model: "gemini-2.5-flash",
      attempts: 1,
      input_tokens: 1_290,
      output_tokens: 508,
      page_count: 1,
      validation_status: "valid",
      validation_issue_count: 0,
    });
    using extraction = content;
    expect(JSON.parse(extraction?.view().toString("utf8") ?? "")).toEqual(sampleExtraction);
  });

  it.each([
    ["document_encrypted", () => encryptedPdf(), undefined],
    ["document_unreadable", async () => garbagePdf(), undefined],
    ["document_over_parser_limits", () => manyPagesPdf(1_500), 1_500],
  ] as const)("refuses with %s before any model is asked", async (code, makePdf, pages) => {
    const call = callWith(await makePdf());
    const { outcome, content } = await extractDocument(withModel, call);
    expect(extractOutcomeSchema.parse(outcome)).toEqual({
      result: "refused",
      code,
      ...(pages !== undefined && { page_count: pages }),
    });
    expect(content).toBeUndefined();
    expect(isZeroed(call.retained)).toBe(true);
    expect(gemini.attempts).toBe(0);
  });

  it("refuses a document that only a model could read when there is none", async () => {
    const { outcome } = await extractDocument(withoutModel, callWith(await eInvoicePdf({ xml: false })));
    expect(outcome).toEqual({ result: "refused", code: "document_without_e_invoice", page_count: 1 });
  });

  it("says invalid for data that cannot be booked, and keeps none of it", async () => {
    const cii = "<CrossIndustryInvoice><ExchangedDocument/><SupplyChainTradeTransaction/></CrossIndustryInvoice>";
    const { outcome, content } = await extractDocument(
      withoutModel,
      callWith(embeddingPdf("factur-x.xml", Buffer.from(cii))),
    );
    expect(extractOutcomeSchema.parse(outcome)).toEqual({
      result: "invalid",
      code: "extraction_failed_validation",
      page_count: 1,
      validation_status: "invalid",
      validation_issue_count: 5,
    });
    expect(content).toBeUndefined();
  });

  it("defers a document over a bug, loudly, and wipes it", async () => {
    const broken: Extractor = {
      ...withoutModel,
      reader: { read: () => Promise.reject(new TypeError("cannot read SECRET-VALUE")) },
    };
    const call = callWith(await eInvoicePdf());
    const { outcome } = await extractDocument(broken, call);
    expect(outcome).toEqual({ result: "deferred", code: "internal_fault" });
    expect(isZeroed(call.retained)).toBe(true);
    expect(lines).toMatchObject([{ event: "extraction.failed", level: 50, error: "TypeError" }]);
    expect(JSON.stringify(lines)).not.toContain("SECRET");
  });

  it("defers when the caller is gone before the document is opened", async () => {
    const call = callWith(await eInvoicePdf(), { signal: AbortSignal.abort() });
    const { outcome } = await extractDocument(withModel, call);
    expect(outcome).toEqual({ result: "deferred", code: "deadline_exceeded" });
    expect(isZeroed(call.retained)).toBe(true);
  });

  it("writes one line per document and nothing of the document in it", async () => {
    const call = callWith(await eInvoicePdf());
    const { content } = await extractDocument(withModel, call);
    content?.wipe();
    expect(lines).toMatchObject([
      {
        event: "extraction.ended",
        end: "extracted",
        provider: "e-invoice",
        page_count: 1,
        wiped_bytes: call.retained.length,
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Nordkai|NK-2026|5362/);
  });

  describe("with a PDF of 20 MiB", () => {
    let pdf: Buffer;
    let sha256: string;
    beforeAll(async () => {
      pdf = await eInvoicePdf({ xml: false, sizeBytes: 20 * MIB });
      sha256 = createHash("sha256").update(pdf).digest("hex");
    });

    it("brings it to the model whole, and wipes it in every form it had here", async () => {
      const body = watchRequestBody(26 * MIB);
      const call = callWith(pdf);
      const { outcome, content } = await extractDocument(withModel, call);
      content?.wipe();
      expect(outcome.result).toBe("extracted");
      expect(gemini.requests).toMatchObject([{ sizeBytes: 20 * MIB, sha256, store: false }]);
      expect(isZeroed(call.retained)).toBe(true);
      expect(body.bytes !== undefined && isZeroed(body.bytes)).toBe(true);
    });

    it.each([
      ["an error status", { status: 500 }, "model_unavailable"],
      ["a connection that breaks while it is sent", { drop: "before_body" }, "model_unavailable"],
      ["a connection that breaks before the answer", { drop: "after_body" }, "model_unavailable"],
      ["an answer that cannot be used", { finishReason: "MAX_TOKENS" }, "model_answer_unusable"],
    ] as const)("wipes it after %s", async (_what, script: ScriptedAnswer, code) => {
      const body = watchRequestBody(26 * MIB);
      gemini.script(script);
      const call = callWith(pdf);
      const { outcome } = await extractDocument(withModel, call);
      expect(outcome).toEqual({ result: "deferred", code, attempts: 1 });
      expect(isZeroed(call.retained)).toBe(true);
      expect(body.bytes !== undefined && isZeroed(body.bytes)).toBe(true);
    });

    it("wipes it when the model takes too long", async () => {
      const body = watchRequestBody(26 * MIB);
      gemini.script({ delayHeaders: new Promise(() => {}) });
      const call = callWith(pdf, { remainingMs: 2_000 });
      const { outcome } = await extractDocument(withModel, call);
      expect(outcome).toEqual({ result: "deferred", code: "model_unavailable", attempts: 1 });
      expect(isZeroed(call.retained)).toBe(true);
      expect(body.bytes !== undefined && isZeroed(body.bytes)).toBe(true);
    });

    it("wipes it when the caller goes away while the model reads", async () => {
      const body = watchRequestBody(26 * MIB);
      const caller = new AbortController();
      gemini.script({ delayHeaders: new Promise(() => {}) });
      const call = callWith(pdf, { signal: caller.signal });
      const extracting = extractDocument(withModel, call);
      await vi.waitFor(() => expect(gemini.requests).toHaveLength(1), { timeout: 20_000 });
      caller.abort();
      expect((await extracting).outcome).toEqual({ result: "deferred", code: "deadline_exceeded", attempts: 1 });
      expect(isZeroed(call.retained)).toBe(true);
      expect(body.bytes !== undefined && isZeroed(body.bytes)).toBe(true);
    });
  });
});
