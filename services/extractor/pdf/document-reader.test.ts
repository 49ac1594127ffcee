import { type Extraction, extractionSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import {
  bombPdf,
  embeddingPdf,
  emptyPdf,
  encryptedPdf,
  garbagePdf,
  loopingPdf,
  manyPagesPdf,
  truncatedPdf,
  unknownEncryptionPdf,
} from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { isZeroed } from "../testing/transfer-call.ts";
import { DocumentReader } from "./document-reader.ts";
import type { DocumentReading } from "./document-reading.ts";
import { DEFAULT_PARSER_LIMITS } from "./watch-thread.ts";

// Real: the parser threads, unpdf, the limits. The documents are made by the project's own fixtures.

const MIB = 1024 * 1024;
let reader: DocumentReader;
/** A few kilobytes that unfold to twice the limit. */
let bomb: Buffer;

beforeAll(async () => {
  reader = await DocumentReader.start();
  bomb = bombPdf(2 * DEFAULT_PARSER_LIMITS.externalBytes);
});
afterAll(() => reader[Symbol.asyncDispose]());
afterEach(() => vi.unstubAllGlobals());

async function read(pdf: Uint8Array, by = reader, signal = new AbortController().signal): Promise<DocumentReading> {
  using content = GhostBytes.taking(Buffer.from(pdf));
  return await by.read(content, signal);
}

function extractionOf(reading: DocumentReading): Extraction | undefined {
  if (reading.result !== "opened" || reading.eInvoice.state !== "read") return undefined;
  return extractionSchema.parse(JSON.parse(reading.eInvoice.extraction.view().toString("utf8")));
}

/** The shared memory that documents were copied into: still there to look at afterwards. */
function watchSharedMemory(): SharedArrayBuffer[] {
  const made: SharedArrayBuffer[] = [];
  const Original = SharedArrayBuffer;
  vi.stubGlobal(
    "SharedArrayBuffer",
    new Proxy(Original, {
      construct: (target, [length]: [number]) => {
        const memory = new target(length);
        made.push(memory);
        return memory;
      },
    }),
  );
  return made;
}

describe("DocumentReader", () => {
  it("counts the pages and reads the e-invoice inside", async () => {
    const sample = sampleInvoice();
    const reading = await read(await eInvoicePdf());
    expect(reading).toMatchObject({ result: "opened", pageCount: 1, eInvoice: { validation: { status: "valid" } } });
    expect(extractionOf(reading)).toMatchObject({ document_number: sample.number, totals: { gross: sample.gross } });
  });

  it.each(["zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml", "FACTUR-X.XML"])(
    "finds the data under the name %s",
    async (xmlName) => {
      expect(extractionOf(await read(await eInvoicePdf({ xmlName })))).toBeDefined();
    },
  );

  it.each([
    ["absent", "nothing is embedded", () => eInvoicePdf({ xml: false })],
    ["absent", "something else is embedded", async () => embeddingPdf("drawing.xml", Buffer.from("<svg/>"))],
    ["unusable", "the XML is no invoice", async () => embeddingPdf("factur-x.xml", Buffer.from("<a/>"))],
    ["unusable", "the XML is damaged", async () => embeddingPdf("factur-x.xml", Buffer.from("<a><b></a>"))],
    [
      "over_limits",
      "the XML is larger than any invoice",
      async () => embeddingPdf("factur-x.xml", Buffer.alloc(17 * MIB, 32)),
    ],
  ] as const)("says %s when %s", async (state, _when, makePdf) => {
    expect(await read(await makePdf())).toEqual({ result: "opened", pageCount: 1, eInvoice: { state } });
  });

  it.each([
    ["document_encrypted", "asks for a password", encryptedPdf],
    ["document_encrypted", "is encrypted in an unknown way", async () => unknownEncryptionPdf()],
    ["document_unreadable", "is noise", async () => garbagePdf()],
    ["document_unreadable", "broke off half way", truncatedPdf],
    ["document_unreadable", "has no page", async () => emptyPdf()],
    ["document_unreadable", "is empty", async () => Buffer.alloc(0)],
  ] as const)("refuses with %s what %s", async (code, _why, makePdf) => {
    expect(await read(await makePdf())).toEqual({ result: "refused", code });
  });

  it("counts 1,500 pages", async () => {
    expect(await read(await manyPagesPdf(1_500))).toMatchObject({ result: "opened", pageCount: 1_500 });
  });

  it("survives a page tree that contains itself", async () => {
    const reading = await read(loopingPdf());
    expect(["opened", "refused"]).toContain(reading.result);
  });

  it("refuses a bomb", async () => {
    expect(bomb.byteLength).toBeLessThan(10_000);
    expect(await read(bomb)).toEqual({ result: "refused", code: "document_over_parser_limits" });
  });

  it("refuses data whose parsing takes too much of the heap", async () => {
    const xml = Buffer.from(`<r ${'a="1" '.repeat(2_500_000)}/>`);
    expect(await read(embeddingPdf("factur-x.xml", xml))).toEqual({
      result: "refused",
      code: "document_over_parser_limits",
    });
  });

  it("refuses what takes too much processor time, and reads it where it may take that", async () => {
    const line = { item: "A", description: "B", quantity: "1", unit: "C62", unitPrice: "1.00", amount: "1.00" };
    const long = await eInvoicePdf({ lines: Array.from({ length: 5_000 }, () => line) });
    await using impatient = await DocumentReader.start({ limits: { ...DEFAULT_PARSER_LIMITS, cpuMs: 1 } });
    expect(await read(long, impatient)).toEqual({ result: "refused", code: "document_over_parser_limits" });
    expect(extractionOf(await read(long))?.lines).toHaveLength(5_000);
  });

  it("goes on reading after every one of these", async () => {
    for (const pdf of [garbagePdf(), bomb, loopingPdf(), await encryptedPdf()]) await read(pdf);
    expect(extractionOf(await read(await eInvoicePdf()))).toBeDefined();
  });

  it("reads more documents at once than it has threads, each as itself", async () => {
    await using narrow = await DocumentReader.start({ concurrency: 2 });
    const numbers = ["A-1", "A-2", "A-3", "A-4", "A-5"];
    const pdfs = await Promise.all(numbers.map((number) => eInvoicePdf({ number })));
    const readings = await Promise.all(pdfs.map((pdf) => read(pdf, narrow)));
    expect(readings.map((reading) => extractionOf(reading)?.document_number)).toEqual(numbers);
  });

  it("stops when the caller goes away, waiting or reading, and does not read for one that is gone", async () => {
    await using narrow = await DocumentReader.start({ concurrency: 1 });
    const leaving = new AbortController();
    const reading = [read(bomb, narrow, leaving.signal), read(bomb, narrow, leaving.signal)];
    setTimeout(() => leaving.abort(), 50);
    expect(await Promise.all(reading)).toEqual([{ result: "stopped" }, { result: "stopped" }]);
    expect(await read(bomb, narrow, AbortSignal.abort())).toEqual({ result: "stopped" });
    expect(extractionOf(await read(await eInvoicePdf(), narrow))).toBeDefined();
  });

  it("zeroes the memory that the thread read from, whatever became of it", async () => {
    const memory = watchSharedMemory();
    const leaving = new AbortController();
    await read(await eInvoicePdf());
    await read(garbagePdf());
    await read(bomb);
    const stopped = read(bomb, reader, leaving.signal);
    await vi.waitFor(() => expect(memory).toHaveLength(4), { timeout: 20_000 });
    leaving.abort();
    expect(await stopped).toEqual({ result: "stopped" });
    expect(memory.map((shared) => isZeroed(new Uint8Array(shared)))).toEqual([true, true, true, true]);
  });

  it("ends every thread when it is disposed of", async () => {
    const closing = await DocumentReader.start({ concurrency: 2 });
    await Promise.all([read(await eInvoicePdf(), closing), read(bomb, closing)]);
    await closing[Symbol.asyncDispose]();
    await expect(closing[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});
