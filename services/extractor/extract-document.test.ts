import { createHash } from "node:crypto";
import {
  DEFAULT_EXTRACTION_POLICY,
  type Extraction,
  type ExtractionPolicy,
  extractionSchema,
  extractOutcomeSchema,
  type Facts,
  type TenantId,
} from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import { type GeminiDouble, type ScriptedAnswer, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { embeddedFiles, withEmbeddedFile } from "@flowstate/local/fixtures/embedded-files.ts";
import { embeddingPdf, encryptedPdf, garbagePdf, manyPagesPdf } from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eInvoiceProvider } from "./e-invoice/provider.ts";
import { type Extractor, extractDocument } from "./extract-document.ts";
import type { ExtractionProvider } from "./extraction-provider.ts";
import { base64Length } from "./gemini/base64.ts";
import { REAL_PACING } from "./gemini/pacing.ts";
import { geminiProvider } from "./gemini/provider.ts";
import { PIECE_BYTES } from "./gemini/splice-document.ts";
import { GeminiTransport } from "./gemini/transport.ts";
import type { DocumentReading } from "./pdf/document-reading.ts";
import { factsOf } from "./testing/facts-of.ts";
import { readerWithoutThread } from "./testing/reader-without-thread.ts";
import { callWith, recordingLogger } from "./testing/transfer-call.ts";

// Real: the parser but for its thread, both providers, the SDK, HTTP over loopback. Doubled: Gemini, and the pauses between requests
// to it. The sealed transfer is a call.

const MIB = 1024 * 1024;
let gemini: GeminiDouble;
let stack: AsyncDisposableStack;
let lines: Record<string, unknown>[];
let withoutModel: Extractor;
let withModel: Extractor;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  gemini = stack.use(await startGemini());
  const baseUrl = new URL(gemini.url);
  const transport = stack.use(new GeminiTransport(baseUrl));
  stack.use(transport.install());
  const recording = recordingLogger();
  lines = recording.lines;
  const { logger } = recording;
  const pacing = { ...REAL_PACING, sleep: async () => {} };
  const name = "gemini-2.5-flash";
  const model = geminiProvider({ apiKey: "AIza-test-key", baseUrl, model: name, transport, logger, pacing });
  withoutModel = {
    reader: readerWithoutThread,
    providers: { "e-invoice": eInvoiceProvider },
    policyOf: () => DEFAULT_EXTRACTION_POLICY,
    today: () => "2026-11-23",
    logger,
  };
  withModel = { ...withoutModel, providers: { ...withoutModel.providers, gemini: model } };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await stack.disposeAsync();
});

/** The memory in which the base64 of large documents is made, for each request that follows. */
function watchPieces(): readonly Buffer[] {
  const watched: Buffer[] = [];
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
  vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
    const buffer = allocate(size);
    if (size === base64Length(PIECE_BYTES)) watched.push(buffer);
    return buffer;
  });
  return watched;
}

function parsed(content: GhostBytes | undefined): Extraction {
  using extraction = content;
  return extractionSchema.parse(JSON.parse(extraction?.view().toString("utf8") ?? ""));
}

/** What the sample states, as its own data says it: what a model reads that makes no mistake. */
async function sampleTruth(): Promise<Facts> {
  const { content } = await extractDocument(withoutModel, callWith(await eInvoicePdf()));
  return factsOf(parsed(content));
}

const withPolicy = (extractor: Extractor, policy: Partial<ExtractionPolicy>): Extractor => ({
  ...extractor,
  policyOf: () => ({ ...DEFAULT_EXTRACTION_POLICY, ...policy }),
});

/** The sample's page, around the data of an invoice over another sum. */
async function contradictingPdf(): Promise<Buffer> {
  const [data] = await embeddedFiles(await eInvoicePdf({ lines: sampleInvoice().lines.slice(0, 2) }));
  if (data === undefined) throw new Error("the sample has data");
  return await withEmbeddedFile(await eInvoicePdf({ xml: false }), data);
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
    expect(parsed(content)).toMatchObject({ document_number: sample.number, totals: { gross: sample.gross } });
    expect(isZeroed(call.retained)).toBe(true);
    expect(gemini.attempts).toBe(0);
  });

  it("asks the model about a document without data of its own", async () => {
    const truth = await sampleTruth();
    gemini.script({ facts: truth });
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
    expect(factsOf(parsed(content))).toEqual(truth);
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
      provider: "e-invoice",
      page_count: 1,
      validation_status: "invalid",
      validation_issue_count: 6,
    });
    expect(content).toBeUndefined();
  });

  it.each([
    ["AP", "order_confirmation", "valid"],
    ["RE", "other", "warnings"],
  ])("takes an order response without lines that says %s for %s", async (code, type, status) => {
    const ubl = `<OrderResponse><ID>OR-7</ID><IssueDate>2026-11-20</IssueDate><OrderResponseCode>${code}</OrderResponseCode>
      <OrderReference><ID>PO-4711</ID></OrderReference>
      <SellerSupplierParty><Party><PartyName><Name>Nordkai</Name></PartyName></Party></SellerSupplierParty></OrderResponse>`;
    const pdf = embeddingPdf("order-response.xml", Buffer.from(ubl));
    const { outcome, content } = await extractDocument(withModel, callWith(pdf));
    expect(outcome).toMatchObject({ result: "extracted", provider: "e-invoice", validation_status: status });
    expect(parsed(content)).toMatchObject({
      document_type: type,
      references: { purchase_order_numbers: ["PO-4711"] },
      lines: [],
    });
  });

  it("says who read what is invalid, and what that took", async () => {
    const truth = await sampleTruth();
    gemini.script({ facts: { ...truth, currency: null } });
    const { outcome } = await extractDocument(withModel, callWith(await eInvoicePdf({ xml: false })));
    expect(extractOutcomeSchema.parse(outcome)).toMatchObject({
      result: "invalid",
      provider: "gemini",
      attempts: 1,
      input_tokens: expect.any(Number),
      output_tokens: expect.any(Number),
    });
  });

  it("delivers what is invalid, flagged, to a tenant that wants it so", async () => {
    const truth = await sampleTruth();
    gemini.script({ facts: { ...truth, currency: null } });
    const flagged = withPolicy(withModel, { on_invalid: "push_flagged" });
    const { outcome, content } = await extractDocument(flagged, callWith(await eInvoicePdf({ xml: false })));
    expect(extractOutcomeSchema.parse(outcome)).toMatchObject({
      result: "extracted",
      provider: "gemini",
      validation_status: "invalid",
    });
    expect(parsed(content).validation).toMatchObject({
      status: "invalid",
      issues: [{ rule: "required_field_missing", severity: "error", path: "/currency" }],
    });
  });

  it("refuses by the tenant's policy a total that is printed nowhere, and flags it by default", async () => {
    const truth = await sampleTruth();
    const wrong = { ...truth, totals: { ...truth.totals, due: "1234.56", prepaid: null, gross: null } };
    gemini.script({ facts: { ...wrong, document_type: "other" } }, { facts: { ...wrong, document_type: "other" } });
    const pdf = await eInvoicePdf({ xml: false });
    const strict = withPolicy(withModel, { on_ungrounded: "invalid" });
    expect((await extractDocument(strict, callWith(pdf))).outcome).toMatchObject({ result: "invalid" });
    const { outcome, content } = await extractDocument(withModel, callWith(pdf));
    expect(outcome).toMatchObject({ result: "extracted", validation_status: "warnings" });
    expect(parsed(content).validation.issues).toContainEqual({
      rule: "total_not_on_page",
      severity: "warning",
      path: "/totals/due",
    });
  });

  it("takes the policy of the tenant that the request names, and gives it to the provider", async () => {
    const asked: TenantId[] = [];
    const seen: ExtractionPolicy[] = [];
    const policy: ExtractionPolicy = { ...DEFAULT_EXTRACTION_POLICY, on_ungrounded: "invalid" };
    const provider: ExtractionProvider = {
      async extract(document) {
        seen.push(document.policy);
        return await eInvoiceProvider.extract(document);
      },
    };
    const call = callWith(await eInvoicePdf());
    const { content } = await extractDocument(
      {
        ...withoutModel,
        providers: { "e-invoice": provider },
        policyOf: (tenantId) => {
          asked.push(tenantId);
          return policy;
        },
      },
      call,
    );
    content?.wipe();
    expect(asked).toEqual([call.request.tenant_id]);
    expect(seen).toEqual([policy]);
  });

  describe("with data that leaves out the lines", () => {
    it("asks the model, which reads them from the page", async () => {
      const truth = await sampleTruth();
      gemini.script({ facts: truth });
      const { outcome, content } = await extractDocument(withModel, callWith(await eInvoicePdf({ syntax: "minimum" })));
      expect(outcome).toMatchObject({ provider: "gemini", validation_status: "valid" });
      expect(factsOf(parsed(content)).lines).toEqual(truth.lines);
    });

    it("delivers the data without a model, with a warning", async () => {
      const call = callWith(await eInvoicePdf({ syntax: "minimum" }));
      const { outcome, content } = await extractDocument(withoutModel, call);
      expect(outcome).toMatchObject({
        provider: "e-invoice",
        validation_status: "warnings",
        validation_issue_count: 1,
      });
      expect(parsed(content).validation.issues).toEqual([
        { rule: "lines_missing", severity: "warning", path: "/lines" },
      ]);
    });
  });

  describe("with data that states another total than the page", () => {
    it("asks the model, and believes the page", async () => {
      const truth = await sampleTruth();
      gemini.script({ facts: truth });
      const { outcome, content } = await extractDocument(withModel, callWith(await contradictingPdf()));
      expect(outcome).toMatchObject({ provider: "gemini", validation_status: "valid" });
      expect(parsed(content).totals.gross).toBe(truth.totals.gross);
    });

    it("delivers the data without a model, with a warning", async () => {
      const { outcome, content } = await extractDocument(withoutModel, callWith(await contradictingPdf()));
      expect(outcome).toMatchObject({
        provider: "e-invoice",
        validation_status: "warnings",
        validation_issue_count: 1,
      });
      expect(parsed(content).validation.issues).toEqual([
        { rule: "e_invoice_contradicts_page", severity: "warning", path: "/totals/gross" },
      ]);
    });
  });

  it("wipes what the parser read from the document, whatever becomes of it", async () => {
    const held: Buffer[] = [];
    const watched: Extractor["reader"] = {
      async read(content, signal) {
        const reading = await readerWithoutThread.read(content, signal);
        if (reading.result === "opened" && "facts" in reading.eInvoice) held.push(reading.eInvoice.facts.view());
        if (reading.result === "opened" && reading.text.state === "read") held.push(reading.text.layer.view());
        return reading;
      },
    };
    const failing: ExtractionProvider = { extract: () => Promise.reject(new Error("bug")) };
    const refusing: ExtractionProvider = {
      extract: async () => ({ result: "refused", code: "model_refused_document" }),
    };
    const providers = [eInvoiceProvider, failing, refusing];
    for (const provider of providers) {
      const { content } = await extractDocument(
        { ...withoutModel, reader: watched, providers: { "e-invoice": provider } },
        callWith(await eInvoicePdf()),
      );
      content?.wipe();
    }
    expect(held).toHaveLength(2 * providers.length);
    expect(held.map(isZeroed)).toEqual(held.map(() => true));
  });

  describe("with a document that is the model's, whatever its pages say", () => {
    let pdf: Buffer;
    beforeAll(async () => {
      pdf = await eInvoicePdf({ xml: false, sizeBytes: MIB });
    });

    /** Reads the pages, and ends as it is told when the model was asked or is done. */
    function readingPages(behind: () => Promise<unknown>, ended?: Partial<DocumentReading>) {
      const layers: Buffer[] = [];
      const reader: Extractor["reader"] = {
        async read(content, signal, accepted) {
          const reading = await readerWithoutThread.read(content, signal, accepted);
          if (reading.result === "opened" && reading.text.state === "read") layers.push(reading.text.layer.view());
          await behind();
          return Object.assign(reading, ended);
        },
      };
      return { layers, extractor: { ...withModel, reader } };
    }

    const isAsked = () => vi.waitFor(() => expect(gemini.requests).toHaveLength(1), { timeout: 20_000 });

    it("asks the model while the pages are read, and once", async () => {
      const bodies = watchPieces();
      const { layers, extractor } = readingPages(isAsked);
      const call = callWith(pdf);
      const { outcome, content } = await extractDocument(extractor, call);
      content?.wipe();
      expect(outcome).toMatchObject({ result: "extracted", provider: "gemini", attempts: 1 });
      expect(gemini.attempts).toBe(1);
      expect([call.retained, ...layers, ...bodies].map(isZeroed)).toEqual([true, true, true]);
    });

    it("counts the time at the model as spent outside once", async () => {
      const spent: number[] = [];
      const { extractor } = readingPages(isAsked);
      const call = { ...callWith(pdf), spentOutside: (milliseconds: number) => void spent.push(milliseconds) };
      (await extractDocument(extractor, call)).content?.wipe();
      expect(spent).toEqual([expect.any(Number)]);
    });

    it("says what the model said when it fails, and wipes the pages that were read meanwhile", async () => {
      gemini.script({ finishReason: "PROHIBITED_CONTENT" });
      const { layers, extractor } = readingPages(isAsked);
      const call = callWith(pdf);
      const { outcome } = await extractDocument(extractor, call);
      expect(outcome).toEqual({ result: "refused", code: "model_refused_document", page_count: 1 });
      expect([call.retained, ...layers].map(isZeroed)).toEqual([true, true]);
    });

    it("finishes without the pages what the model answered, when they take too much", async () => {
      gemini.script({ facts: await sampleTruth() });
      const { extractor } = readingPages(isAsked, { text: { state: "unreadable" } });
      const { outcome, content } = await extractDocument(extractor, callWith(pdf));
      expect(outcome).toMatchObject({ result: "extracted", provider: "gemini" });
      expect(parsed(content).validation.issues).toContainEqual(expect.objectContaining({ rule: "page_unreadable" }));
    });

    it("lets go of the model, and of what it was sent, when the caller is gone before the pages are read", async () => {
      const bodies = watchPieces();
      gemini.script({ delayHeaders: new Promise(() => {}) });
      const caller = new AbortController();
      const gone = async () => {
        await isAsked();
        caller.abort();
      };
      const { extractor } = readingPages(gone, { result: "stopped" });
      const call = callWith(pdf, { signal: caller.signal });
      const { outcome } = await extractDocument(extractor, call);
      expect(outcome).toEqual({ result: "deferred", code: "deadline_exceeded" });
      expect([call.retained, ...bodies].map(isZeroed)).toEqual([true, true]);
    });

    it("lets go of it when the pages meet a bug, too", async () => {
      const bodies = watchPieces();
      gemini.script({ delayHeaders: new Promise(() => {}) });
      const { extractor } = readingPages(async () => {
        await isAsked();
        throw new TypeError("a bug");
      });
      const call = callWith(pdf);
      const { outcome } = await extractDocument(extractor, call);
      expect(outcome).toEqual({ result: "deferred", code: "internal_fault" });
      expect([call.retained, ...bodies].map(isZeroed)).toEqual([true, true]);
    });

    it("defers over a bug of the provider that shows before the pages are read, and wipes them", async () => {
      const failing: ExtractionProvider = { extract: () => Promise.reject(new TypeError("a bug")) };
      const { layers, extractor } = readingPages(() => new Promise((resolve) => setTimeout(resolve, 20)));
      const providers = { ...extractor.providers, gemini: failing };
      const { outcome } = await extractDocument({ ...extractor, providers }, callWith(pdf));
      expect(outcome).toEqual({ result: "deferred", code: "internal_fault" });
      expect(layers.map(isZeroed)).toEqual([true]);
    });

    it("asks nobody before the pages are read of a large one", async () => {
      const asked: number[] = [];
      const { extractor } = readingPages(async () => void asked.push(gemini.attempts));
      const large = await eInvoicePdf({ xml: false, sizeBytes: 5 * MIB });
      const { outcome, content } = await extractDocument(extractor, callWith(large));
      content?.wipe();
      expect(outcome).toMatchObject({ provider: "gemini" });
      expect(asked).toEqual([0]);
    });

    it("asks nobody before the pages are read where they have a say", async () => {
      const asked: number[] = [];
      const { extractor } = readingPages(async () => void asked.push(gemini.attempts));
      gemini.script({ facts: await sampleTruth() });
      const { outcome, content } = await extractDocument(extractor, callWith(await contradictingPdf()));
      content?.wipe();
      expect(outcome).toMatchObject({ provider: "gemini" });
      expect(asked).toEqual([0]);
    });
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
        wiped_bytes: call.content.length,
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
      const bodies = watchPieces();
      const call = callWith(pdf);
      const { outcome, content } = await extractDocument(withModel, call);
      content?.wipe();
      expect(outcome.result).toBe("extracted");
      expect(gemini.requests).toMatchObject([{ sizeBytes: 20 * MIB, sha256, store: false }]);
      expect(isZeroed(call.retained)).toBe(true);
      expect(bodies.map(isZeroed)).toEqual([true]);
    });

    it.each([
      ["an error status", { status: 500 }, "model_unavailable"],
      ["a connection that breaks while it is sent", { drop: "before_body" }, "model_unavailable"],
      ["a connection that breaks before the answer", { drop: "after_body" }, "model_unavailable"],
      ["an answer that cannot be used", { finishReason: "MAX_TOKENS" }, "model_answer_unusable"],
    ] as const)("wipes it after %s, as often as it is asked", async (_what, script: ScriptedAnswer, code) => {
      const bodies = watchPieces();
      gemini.script(...Array.from({ length: 10 }, () => script));
      const call = callWith(pdf);
      const { outcome } = await extractDocument(withModel, call);
      expect(outcome).toEqual({ result: "deferred", code, attempts: gemini.attempts });
      expect(isZeroed(call.retained)).toBe(true);
      expect(bodies.map(isZeroed)).toEqual(Array.from({ length: gemini.attempts }, () => true));
      expect(gemini.attempts).toBeGreaterThan(1);
    });

    it("wipes it when the model takes too long", async () => {
      const bodies = watchPieces();
      gemini.script({ delayHeaders: new Promise(() => {}) });
      const call = callWith(pdf, { remainingMs: 2_000 });
      const { outcome } = await extractDocument(withModel, call);
      expect(outcome).toEqual({ result: "deferred", code: "model_unavailable", attempts: 1 });
      expect(isZeroed(call.retained)).toBe(true);
      expect(bodies.map(isZeroed)).toEqual([true]);
    });

    it("wipes it when the caller goes away while the model reads", async () => {
      const bodies = watchPieces();
      const caller = new AbortController();
      gemini.script({ delayHeaders: new Promise(() => {}) });
      const call = callWith(pdf, { signal: caller.signal });
      const extracting = extractDocument(withModel, call);
      await vi.waitFor(() => expect(gemini.requests).toHaveLength(1), { timeout: 20_000 });
      caller.abort();
      expect((await extracting).outcome).toEqual({ result: "deferred", code: "deadline_exceeded", attempts: 1 });
      expect(isZeroed(call.retained)).toBe(true);
      expect(bodies.map(isZeroed)).toEqual([true]);
    });
  });
});
