import { extractionFactsSchema, extractionPolicySchema } from "@flowstate/contracts";
import { z } from "zod";
import { finishExtraction } from "../finish-extraction.ts";
import { printedDocument } from "../grounding/printed/printed-document.ts";
import { decodeTextLayer } from "../pdf/text-layer.ts";
import { workOnce } from "../threads/work-once.ts";

/** The thread in which one extraction is finished that may take long. It takes one, answers, clears what it held and ends. */

// Nothing that a document says may reach the network or the process's output from here.
Object.assign(globalThis, { fetch: undefined, WebSocket: undefined, EventSource: undefined });

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const documentSchema = z.strictObject({
  /** JSON of `Facts` and of a `TextLayer`, UTF-8. */
  facts: bytes,
  page: bytes,
  policy: extractionPolicySchema,
  today: z.string(),
  eInvoice: z.enum(["read", "incomplete", "contradicts_page"]).optional(),
});

workOnce((message, port) => {
  const { facts, page, policy, today, eInvoice } = documentSchema.parse(message);
  const read = extractionFactsSchema.parse(JSON.parse(new TextDecoder().decode(facts)));
  const finished = finishExtraction(read, {
    page: printedDocument(decodeTextLayer(page)),
    policy,
    today,
    ...(eInvoice !== undefined && { eInvoice }),
  });
  port.postMessage(finished, [finished.json.buffer]);
  setImmediate(() => process.exit());
});
