import { once } from "node:events";
import { brotliCompressSync } from "node:zlib";
import { extractionFactsSchema, type Facts } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { busyPagesPdf } from "@flowstate/local/fixtures/burning-pages.ts";
import { eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { embeddedFiles, withEmbeddedFile, withoutFileList } from "@flowstate/local/fixtures/embedded-files.ts";
import { bombPdf, embeddingPdf, emptyPdf, garbagePdf, truncatedPdf } from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { pagePdf } from "@flowstate/local/fixtures/page-pdf.ts";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Extractor } from "../extract-document.ts";
import { readerWithoutThread } from "../testing/reader-without-thread.ts";
import { DEFAULT_THREAD_LIMITS } from "../threads/watch-thread.ts";
import { DocumentReader } from "./document-reader.ts";
import type { DocumentReading, WithoutData } from "./document-reading.ts";
import { ParserThread } from "./parser-thread.ts";
import { decodeTextLayer } from "./text-layer.ts";

// Real: unpdf, the limits, and the parser threads, but where the name of a file is all that differs. The documents are made
// by the project's own fixtures; those that are made to harm a parser have a suite of their own
// (`hostile-documents.test.ts`).

const MIB = 1024 * 1024;
let reader: DocumentReader;
/** A few kilobytes that unfold to twice the limit. */
let bomb: Buffer;

beforeAll(async () => {
  reader = await DocumentReader.start();
  bomb = bombPdf(2 * DEFAULT_THREAD_LIMITS.externalBytes);
});
afterAll(() => reader[Symbol.asyncDispose]());
afterEach(() => vi.unstubAllGlobals());

async function read(
  pdf: Uint8Array,
  by: Extractor["reader"] = reader,
  signal = new AbortController().signal,
): Promise<DocumentReading> {
  using content = GhostBytes.taking(Buffer.from(pdf));
  return await by.read(content, signal);
}

function factsOf(reading: DocumentReading): Facts | undefined {
  if (reading.result !== "opened" || !("facts" in reading.eInvoice)) return undefined;
  return extractionFactsSchema.parse(JSON.parse(reading.eInvoice.facts.view().toString("utf8")));
}

/** What the pages say, cell by cell. */
function cellsOf(reading: DocumentReading): readonly string[] {
  if (reading.result !== "opened" || reading.text.state !== "read") return [];
  const { pages } = decodeTextLayer(reading.text.layer.view());
  return pages.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ text }) => text)));
}

/** A page that shows this text, around the data of the sample invoice. */
async function pageAroundSample(shown: string): Promise<Uint8Array> {
  const [file] = await embeddedFiles(await eInvoicePdf());
  return pagePdf(`BT /F 12 Tf 100 700 Td (${shown}) Tj ET`, {
    catalog: "/Names << /EmbeddedFiles << /Names [(factur-x.xml) 6 0 R] >> >>",
    more: [
      "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 7 0 R >> >>",
      { dictionary: "/Type /EmbeddedFile", stream: file?.bytes ?? Buffer.alloc(0) },
    ],
  });
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
  it("counts the pages, reads the e-invoice inside and what the pages say", async () => {
    const sample = sampleInvoice();
    const reading = await read(await eInvoicePdf());
    expect(reading).toMatchObject({
      result: "opened",
      pageCount: 1,
      eInvoice: { state: "read" },
      text: { state: "read" },
    });
    expect(factsOf(reading)).toMatchObject({ document_number: sample.number, totals: { gross: sample.gross } });
    expect(cellsOf(reading).join(" ")).toContain(sample.number);
  });

  it("says when the data leaves out the lines", async () => {
    const reading = await read(await eInvoicePdf({ syntax: "minimum" }));
    expect(reading).toMatchObject({ eInvoice: { state: "incomplete" } });
    expect(factsOf(reading)?.totals.gross).toBe(sampleInvoice().gross);
  });

  it("says when the pages print another total than the data", async () => {
    expect(await read(await pageAroundSample("Total 9.999,00 EUR"))).toMatchObject({
      eInvoice: { state: "contradicts_page" },
    });
    const { gross } = sampleInvoice();
    expect(await read(await pageAroundSample(`Total ${gross} EUR`))).toMatchObject({ eInvoice: { state: "read" } });
    expect(await read(await pageAroundSample("as agreed"))).toMatchObject({ eInvoice: { state: "read" } });
  });

  it.each([
    "factur-x.xml",
    "FACTUR-X.XML",
    "zugferd-invoice.xml",
    "ZUGFeRD-invoice.xml",
    "xrechnung.xml",
    "order-x.xml",
    "cida.xml",
    "Rechnung 4711.xml",
  ])("finds the data under the name %s, listed among the embedded files or only associated", async (xmlName) => {
    const pdf = await eInvoicePdf({ xmlName });
    const number = sampleInvoice().number;
    expect(factsOf(await read(pdf, readerWithoutThread))?.document_number).toBe(number);
    const associated = await withoutFileList(pdf);
    expect(await embeddedFiles(associated)).toEqual([]);
    expect(factsOf(await read(associated, readerWithoutThread))?.document_number).toBe(number);
  });

  it("believes the files that are listed before those that are only associated", async () => {
    const associated = await withoutFileList(await eInvoicePdf({ number: "OLD" }));
    const [listed] = await embeddedFiles(await eInvoicePdf({ number: "NEW" }));
    if (listed === undefined) throw new Error("the sample has data");
    expect(factsOf(await read(await withEmbeddedFile(associated, listed)))?.document_number).toBe("NEW");
    const drawing = { name: "drawing.xml", bytes: Buffer.from("<svg/>") };
    expect(factsOf(await read(await withEmbeddedFile(associated, drawing)))?.document_number).toBe("OLD");
  });

  it.each([
    ["absent", "nothing is embedded", () => eInvoicePdf({ xml: false })],
    ["absent", "something else is embedded", async () => embeddingPdf("drawing.svg", Buffer.from("<svg/>"))],
    ["unusable", "XML of another kind is embedded", async () => embeddingPdf("drawing.xml", Buffer.from("<svg/>"))],
    ["unusable", "the XML is no invoice", async () => embeddingPdf("factur-x.xml", Buffer.from("<a/>"))],
    ["unusable", "the XML is damaged", async () => embeddingPdf("factur-x.xml", Buffer.from("<a><b></a>"))],
    [
      "over_limits",
      "the XML is larger than any invoice",
      async () => embeddingPdf("factur-x.xml", Buffer.alloc(17 * MIB, 32)),
    ],
  ] as const)("says %s when %s", async (state, _when, makePdf) => {
    expect(await read(await makePdf())).toMatchObject({ result: "opened", pageCount: 1, eInvoice: { state } });
  });

  it.each([
    ["document_unreadable", "is noise", async () => garbagePdf()],
    ["document_unreadable", "broke off half way", truncatedPdf],
    ["document_unreadable", "has no page", async () => emptyPdf()],
    ["document_unreadable", "is empty", async () => Buffer.alloc(0)],
  ] as const)("refuses with %s what %s", async (code, _why, makePdf) => {
    expect(await read(await makePdf())).toEqual({ result: "refused", code });
  });

  it("reads what is compressed as hardly any document is", async () => {
    const stream = brotliCompressSync("BT /F 12 Tf 100 700 Td (Invoice 4711) Tj ET");
    const pdf = pagePdf("", {
      entries: "/Contents 6 0 R",
      more: [{ dictionary: "/Filter /BrotliDecode", stream }],
    });
    expect(cellsOf(await read(pdf))).toEqual(["Invoice 4711"]);
  });

  it("does not look through a page that is full of numbers", async () => {
    const row = "1 ".repeat(450);
    const rows = Array.from({ length: 160 }, (_, index) => `BT /F 5 Tf 10 ${820 - index * 5} Td (${row}) Tj ET`);
    const crowded = pagePdf(rows.join("\n"), { mediaBox: [0, 0, 2000, 830] });
    expect(await read(crowded)).toMatchObject({ result: "opened", text: { state: "unreadable" } });
  });

  it("refuses what takes too much processor time, and reads it where it may take that", async () => {
    const line = { item: "A", description: "B", quantity: "1", unit: "C62", unitPrice: "1.00", amount: "1.00" };
    const long = await eInvoicePdf({ lines: Array.from({ length: 5_000 }, () => line) });
    await using impatient = await DocumentReader.start({ limits: { ...DEFAULT_THREAD_LIMITS, cpuMs: 1 } });
    expect(await read(long, impatient)).toEqual({ result: "refused", code: "document_over_parser_limits" });
    expect(factsOf(await read(long))?.lines).toHaveLength(5_000);
  });

  it("reads to the end what goes over the limits only with what earlier pages have left", async () => {
    // Only memory is asked about: more processor time than a document may take elsewhere.
    await using patient = await DocumentReader.start({ limits: { ...DEFAULT_THREAD_LIMITS, cpuMs: 60_000 } });
    expect(await read(busyPagesPdf(4 * MIB, 10), patient)).toMatchObject({ pageCount: 10, text: { state: "absent" } });
  });

  it("reads more documents at once than it has threads, each as itself", async () => {
    await using narrow = await DocumentReader.start({ concurrency: 2 });
    const numbers = ["A-1", "A-2", "A-3", "A-4", "A-5"];
    const pdfs = await Promise.all(numbers.map((number) => eInvoicePdf({ number })));
    const readings = await Promise.all(pdfs.map((pdf) => read(pdf, narrow)));
    expect(readings.map((reading) => factsOf(reading)?.document_number)).toEqual(numbers);
  });

  it("says of a document without data that it is accepted before its pages are read, and of no other", async () => {
    const told: WithoutData[] = [];
    const by = async (pdf: Uint8Array) => {
      using content = GhostBytes.taking(Buffer.from(pdf));
      await reader.read(content, new AbortController().signal, (inside) => told.push(inside));
    };
    await by(await eInvoicePdf());
    await by(await eInvoicePdf({ syntax: "minimum" }));
    await by(garbagePdf());
    expect(told).toEqual([]);
    const leaving = new AbortController();
    using endless = GhostBytes.taking(busyPagesPdf(300 * MIB));
    const reading = await reader.read(endless, leaving.signal, (inside) => {
      told.push(inside);
      leaving.abort();
    });
    expect(reading).toEqual({ result: "stopped" });
    expect(told).toEqual([{ pageCount: 1, eInvoice: { state: "absent" } }]);
  });

  it("begins the next thread while a document is read", async () => {
    await using alone = await DocumentReader.start({ concurrency: 1 });
    const begun = once(process, "worker").then(() => "begun");
    const leaving = new AbortController();
    const reading = read(bomb, alone, leaving.signal);
    expect(await Promise.race([begun, reading])).toBe("begun");
    leaving.abort();
    await reading;
  });

  it("stops when the caller goes away, waiting or reading, and does not read for one that is gone", async () => {
    await using narrow = await DocumentReader.start({ concurrency: 1 });
    const leaving = new AbortController();
    const reading = [read(bomb, narrow, leaving.signal), read(bomb, narrow, leaving.signal)];
    setTimeout(() => leaving.abort(), 50);
    expect(await Promise.all(reading)).toEqual([{ result: "stopped" }, { result: "stopped" }]);
    expect(await read(bomb, narrow, AbortSignal.abort())).toEqual({ result: "stopped" });
    expect(factsOf(await read(await eInvoicePdf(), narrow))).toBeDefined();
  });

  it("gives no document to a thread that is still loading when the caller goes away", async () => {
    const given = vi.spyOn(ParserThread.prototype, "parse");
    onTestFinished(() => given.mockRestore());
    await using narrow = await DocumentReader.start({ concurrency: 2 });
    const leaving = new AbortController();
    const pdf = await eInvoicePdf();
    // The spare thread is for the first, and another has to be made.
    const reading = [read(pdf, narrow), read(pdf, narrow, leaving.signal)];
    setImmediate(() => leaving.abort());
    expect(await Promise.all(reading)).toEqual([expect.objectContaining({ result: "opened" }), { result: "stopped" }]);
    expect(given).toHaveBeenCalledTimes(1);
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

  it("takes no thread for a document that there is no memory for", async () => {
    const asked = vi.spyOn(ParserThread.prototype, "ready");
    onTestFinished(() => asked.mockRestore());
    await using narrow = await DocumentReader.start({ concurrency: 1 });
    const pdf = await eInvoicePdf();
    const construct = () => {
      throw new RangeError("Array buffer allocation failed");
    };
    vi.stubGlobal("SharedArrayBuffer", new Proxy(SharedArrayBuffer, { construct }));
    for (let time = 1; time <= 3; time += 1) await expect(read(pdf, narrow)).rejects.toThrow(RangeError);
    vi.unstubAllGlobals();
    expect(factsOf(await read(pdf, narrow))).toBeDefined();
    // The one that was there from the start has read it.
    expect(new Set(asked.mock.contexts).size).toBe(1);
  });

  it("ends every thread when it is disposed of", async () => {
    const closing = await DocumentReader.start({ concurrency: 2 });
    await Promise.all([read(await eInvoicePdf(), closing), read(bomb, closing)]);
    await closing[Symbol.asyncDispose]();
    await expect(closing[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});
