import { DEFAULT_EXTRACTION_POLICY, type ExtractOutcome } from "@flowstate/contracts";
import {
  busyPagesPdf,
  doublingFormsPdf,
  longGlyphPdf,
  manyCodesPdf,
  manyWidthsPdf,
  meshesPdf,
} from "@flowstate/local/fixtures/burning-pages.ts";
import {
  cascadingFiltersPdf,
  deepXmlPdf,
  endlessStreamsPdf,
  endlessTablePdf,
  manyFiltersPdf,
  unfoldingNamesPdf,
  unfoldingTablePdf,
} from "@flowstate/local/fixtures/burning-pdfs.ts";
import {
  encryptedPdf,
  manyPagesPdf,
  restrictedPdf,
  unknownEncryptionPdf,
} from "@flowstate/local/fixtures/hostile-pdfs.ts";
import {
  deepArraysPdf,
  doublingPagesPdf,
  hugeLengthPdf,
  mutualChildrenPdf,
  mutualTablesPdf,
  overcountedPagesPdf,
  overcountedTablePdf,
  ownChildPdf,
  ownLengthPdf,
  ownListPdf,
  selfPaintingPdf,
  soundPdf,
} from "@flowstate/local/fixtures/looping-pdfs.ts";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eInvoiceProvider } from "../e-invoice/provider.ts";
import { extractDocument } from "../extract-document.ts";
import { callWith, recordingLogger } from "../testing/transfer-call.ts";
import { DEFAULT_THREAD_LIMITS } from "../threads/watch-thread.ts";
import { DocumentReader } from "./document-reader.ts";
import type { DocumentReading } from "./document-reading.ts";

// Real: the step without a model, the parser threads with their default limits of memory and a smaller one of time, unpdf.
// The documents are made by the project's own fixtures.

const MIB = 1024 * 1024;
/** What burns ten seconds burns two: several times what a document takes that comes back by itself. */
const LIMITS = { ...DEFAULT_THREAD_LIMITS, cpuMs: 2_000 };
/** Processor time besides that of the watched thread: the spare thread's start, the collector, this process. */
const BESIDE_MS = 5_000;
/** What four of these may leave behind together: each takes about 400 MiB while it is read. */
const SLACK_BYTES = 96 * MIB;

/** What opening told, in one word each. */
type Told = string;

interface Hostile {
  readonly what: string;
  readonly make: () => Buffer | Promise<Buffer>;
  /** The code of a refusal, or the number of pages, the state of the e-invoice and that of the text. */
  readonly told: Told;
  readonly end: ExtractOutcome["result"];
}

const overLimits = { told: "document_over_parser_limits", end: "refused" } as const;
const withoutText = { told: "1 absent unreadable", end: "refused" } as const;
const wholly = { told: "1 read read", end: "extracted" } as const;

const DOCUMENTS: readonly Hostile[] = [
  // Burns the parser's time or memory before it is known what is inside: the thread is ended, the document refused.
  { what: "20,000 streams without end where its table should be", make: endlessStreamsPdf, ...overLimits },
  { what: "a table of 2 billion entries, each of no byte", make: endlessTablePdf, ...overLimits },
  { what: "a table that unfolds to eight million entries", make: unfoldingTablePdf, ...overLimits },
  { what: "an object stream that unfolds to 30 million names", make: unfoldingNamesPdf, ...overLimits },
  { what: "800 bytes that unfold three times", make: cascadingFiltersPdf, ...overLimits },
  { what: "a file behind 8,000 filters", make: manyFiltersPdf, ...overLimits },
  { what: "an e-invoice of five million elements, one within the other", make: deepXmlPdf, ...overLimits },
  // Burns it afterwards: the thread is ended, the document accepted without its text; without a model, nobody reads it.
  { what: "forms that paint each other 500 million times", make: doublingFormsPdf, ...withoutText },
  { what: "75 million operators", make: () => busyPagesPdf(300 * MIB), ...withoutText },
  { what: "a letter of 16 million operators", make: longGlyphPdf, ...withoutText },
  { what: "a font with the widths of 2 billion letters", make: manyWidthsPdf, ...withoutText },
  { what: "a font with the codes of 1.6 billion letters", make: manyCodesPdf, ...withoutText },
  { what: "a hundred meshes of 5 MiB", make: meshesPdf, ...withoutText },
  // Leads the parser round in circles, or lies to it: it comes back by itself, and reads what there is.
  { what: "nothing wrong in it", make: soundPdf, ...wholly },
  { what: "a page tree that is its own child", make: ownChildPdf, told: "1 read unreadable", end: "extracted" },
  { what: "nodes that are each other's child", make: mutualChildrenPdf, told: "1 read unreadable", end: "extracted" },
  { what: "one page that is a billion", make: doublingPagesPdf, told: "1073741824 read unreadable", end: "extracted" },
  { what: "one page that is said to be 2 billion", make: overcountedPagesPdf, ...wholly },
  { what: "tables that are each other's predecessor", make: mutualTablesPdf, ...wholly },
  { what: "a table that is said to have 2 billion entries", make: overcountedTablePdf, ...wholly },
  { what: "a list of files that begins with itself", make: ownListPdf, told: "1 absent read", end: "refused" },
  { what: "a file that is said to be 2 GiB long", make: () => hugeLengthPdf("embedded file"), ...wholly },
  { what: "a page that is said to be 2 GiB long", make: () => hugeLengthPdf("page"), ...wholly },
  { what: "a stream that is its own length", make: ownLengthPdf, ...wholly },
  { what: "a form that paints itself", make: selfPaintingPdf, ...wholly },
  { what: "a million arrays in each other on a page", make: () => deepArraysPdf("page"), ...wholly },
  {
    what: "a million arrays in each other for a list of files",
    make: () => deepArraysPdf("list"),
    told: "1 absent read",
    end: "refused",
  },
  { what: "1,500 pages", make: () => manyPagesPdf(1_500), told: "1500 absent unreadable", end: "refused" },
  // Encrypted.
  { what: "a password", make: encryptedPdf, told: "document_encrypted", end: "refused" },
  { what: "a method that nobody knows", make: unknownEncryptionPdf, told: "document_encrypted", end: "refused" },
  { what: "no password but for changing it", make: restrictedPdf, told: "1 absent read", end: "refused" },
];

let reader: DocumentReader;
beforeAll(async () => {
  reader = await DocumentReader.start({ limits: LIMITS });
});
afterAll(() => reader[Symbol.asyncDispose]());

/** What opening the document told, what became of it, and what it cost. */
async function read(pdf: Uint8Array) {
  let told: Told = "";
  const call = callWith(pdf);
  const before = process.cpuUsage();
  const { outcome, content } = await extractDocument(
    {
      reader: {
        async read(document, signal) {
          const reading = await reader.read(document, signal);
          told = inWords(reading);
          return reading;
        },
      },
      providers: { "e-invoice": eInvoiceProvider },
      policyOf: () => DEFAULT_EXTRACTION_POLICY,
      today: () => "2026-11-23",
      logger: recordingLogger().logger,
    },
    call,
  );
  content?.wipe();
  const { user, system } = process.cpuUsage(before);
  return { told, outcome, cpuMs: (user + system) / 1_000, wiped: isZeroed(call.retained) };
}

function inWords(reading: DocumentReading): Told {
  if (reading.result === "opened") return `${reading.pageCount} ${reading.eInvoice.state} ${reading.text.state}`;
  return reading.result === "refused" ? reading.code : reading.result;
}

/** What a document is refused with that was opened and that nobody reads. */
function codeOf(told: Told): string {
  if (told.startsWith("document_")) return told;
  return told.startsWith("1500 ") ? "document_over_parser_limits" : "document_without_e_invoice";
}

describe("a document with", () => {
  it.each(DOCUMENTS)(
    "$what is $end ($told), within its limits, and the next one is read",
    async ({ make, told, end }) => {
      const pdf = await make();
      expect(pdf.byteLength).toBeLessThan(1.2 * MIB);
      const first = await read(pdf);
      expect(first).toMatchObject({
        told,
        outcome: end === "refused" ? { result: end, code: codeOf(told) } : { result: end, provider: "e-invoice" },
        wiped: true,
      });
      expect(first.cpuMs).toBeLessThan(LIMITS.cpuMs + BESIDE_MS);
      if (told === overLimits.told || told === withoutText.told)
        expect((await read(soundPdf())).told).toBe(wholly.told);
    },
    120_000,
  );

  it("any of this leaves no memory behind: V8 gives back what a thread held, some seconds after its end", async () => {
    const before = process.memoryUsage.rss();
    for (const pdf of Array.from({ length: 4 }, manyWidthsPdf)) await read(pdf);
    await vi.waitFor(() => expect(process.memoryUsage.rss() - before).toBeLessThan(SLACK_BYTES), {
      timeout: 20_000,
      interval: 250,
    });
  }, 120_000);
});
