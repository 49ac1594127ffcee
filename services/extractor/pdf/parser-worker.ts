import type { MessagePort } from "node:worker_threads";
import { workOnce } from "../threads/work-once.ts";
import { shareInsteadOfTransfer } from "./share-instead-of-transfer.ts";

/**
 * The thread in which one document is opened: hostile input meets this heap, whose limits and lifetime the parent sets.
 * It takes one document, says what is inside, then what its pages say, clears what it held and ends.
 */
shareInsteadOfTransfer();
// Nothing that a document says may reach the network or the process's output from here.
Object.assign(globalThis, { fetch: undefined, WebSocket: undefined, EventSource: undefined });
for (const method of ["log", "info", "warn", "error", "debug"] as const) console[method] = () => {};

// Loaded before the document arrives, while the thread waits as a spare.
const { openDocument } = await import("./read-document.ts");

workOnce((content, port) => {
  if (!(content instanceof SharedArrayBuffer)) throw new Error("parser-worker expects a SharedArrayBuffer");
  void answer(content, port);
});

async function answer(content: SharedArrayBuffer, port: MessagePort): Promise<void> {
  const document = await openDocument(new Uint8Array(content));
  const { answer } = document;
  port.postMessage(answer, "e_invoice" in answer && "facts" in answer.e_invoice ? [answer.e_invoice.facts.buffer] : []);
  if (document.readText !== undefined) {
    const text = await document.readText();
    port.postMessage(text, "layer" in text ? [text.layer.buffer] : []);
  }
  setImmediate(() => process.exit());
}
