import type { Extractor } from "../extract-document.ts";
import { readingOf } from "../pdf/document-reader.ts";
import { openDocument } from "../pdf/read-document.ts";
import { shareInsteadOfTransfer } from "../pdf/share-instead-of-transfer.ts";

// As the parser thread does, whose function is called here.
shareInsteadOfTransfer();

/**
 * Reads documents as `DocumentReader` does, but in the thread that it is called in and without limits: to load the parser
 * takes longer than to open most documents. For suites about what becomes of what was read.
 */
export const readerWithoutThread: Extractor["reader"] = {
  async read(document, signal, accepted) {
    if (signal.aborted) return { result: "stopped" };
    const content = new Uint8Array(new SharedArrayBuffer(document.length));
    content.set(document.view());
    try {
      const { answer, readText } = await openDocument(content);
      if (answer.result === "refused") return answer;
      if (!("facts" in answer.e_invoice)) accepted?.({ pageCount: answer.page_count, eInvoice: answer.e_invoice });
      if (readText === undefined) throw new Error("a document that is opened has pages");
      return readingOf(answer, await readText());
    } finally {
      content.fill(0);
    }
  },
};
