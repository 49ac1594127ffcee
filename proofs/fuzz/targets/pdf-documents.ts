import { GhostBytes } from "@flowstate/ghost";
import { type EInvoiceSyntax, eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { withoutFileList } from "@flowstate/local/fixtures/embedded-files.ts";
import {
  emptyPdf,
  manyPagesPdf,
  restrictedPdf,
  truncatedPdf,
  unknownEncryptionPdf,
} from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { ownChildPdf, soundPdf } from "@flowstate/local/fixtures/looping-pdfs.ts";
import { DocumentReader } from "../../../services/extractor/pdf/document-reader.ts";
import type { DocumentReading } from "../../../services/extractor/pdf/document-reading.ts";
import { BYTE_MUTATORS, spliceWith } from "../mutate/bytes.ts";
import { fixed, mutated } from "../mutate/mutator.ts";
import { PDF_MUTATORS } from "../mutate/pdf.ts";
import type { Fault, Taken, Target } from "../target.ts";
import { readCorpus } from "./corpus.ts";

const SYNTAXES: readonly EInvoiceSyntax[] = ["en-16931", "extended", "ubl"];
/** A thread may use ten seconds of processor time before its document is refused (`DEFAULT_THREAD_LIMITS`). */
const LIMIT_MS = 15_000;
/** Those of the corpus cost most of the time for little that is new. */
const MAX_CORPUS_FILES = 6;

/** PDFs in the thread that opens them: each is opened or refused with a code, and none takes anything along. */
export const PDF_DOCUMENTS: Target = {
  name: "pdf",
  runs: "the extractor's reader of documents, with its threads",
  share: 10,
  atOnce: 2,
  limitMs: LIMIT_MS,
  async open({ corpora }) {
    const made = await Promise.all([
      ...SYNTAXES.map((syntax) => eInvoicePdf({ syntax })),
      eInvoicePdf({ xml: false }),
      eInvoicePdf().then(withoutFileList),
      restrictedPdf(),
      truncatedPdf(),
      manyPagesPdf(5),
    ]);
    const corpus = (await readCorpus(corpora, "pdf")).slice(0, MAX_CORPUS_FILES);
    const seeds = [...made, unknownEncryptionPdf(), emptyPdf(), soundPdf(), ownChildPdf(), ...corpus].map(fixed);
    const mutators = [...PDF_MUTATORS, ...PDF_MUTATORS, ...BYTE_MUTATORS, spliceWith(seeds)];
    const reader = await DocumentReader.start();
    return {
      make: (random) => mutated(seeds, mutators, random),
      async give(pdf): Promise<Taken | Fault> {
        using content = GhostBytes.taking(Buffer.from(pdf));
        if (content.length === 0) return "refused";
        const reading = await reader.read(content, new AbortController().signal);
        if (reading.result === "stopped")
          return { kind: "broken_promise", what: "a reading that nobody stopped was stopped" };
        if (reading.result !== "opened") return "refused";
        wipe(reading);
        return "accepted";
      },
      async settle(): Promise<Fault | undefined> {
        using content = GhostBytes.taking(await eInvoicePdf());
        const reading = await reader.read(content, new AbortController().signal);
        if (reading.result !== "opened") return { kind: "broken_promise", what: "an ordinary document is not opened" };
        wipe(reading);
        return undefined;
      },
      [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
    };
  },
};

function wipe({ eInvoice, text }: Extract<DocumentReading, { result: "opened" }>): void {
  if ("facts" in eInvoice) eInvoice.facts.wipe();
  if ("layer" in text) text.layer.wipe();
}
