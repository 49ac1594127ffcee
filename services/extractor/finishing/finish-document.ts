import { extractionSchema, type Facts } from "@flowstate/contracts";
import { stringsLeft } from "@flowstate/ghost";
import { z } from "zod";
import { type FinishedExtraction, type Finishing, finishExtraction } from "../finish-extraction.ts";
import { printedDocument } from "../grounding/printed/printed-document.ts";
import { Semaphore } from "../semaphore.ts";
import { ContainedThread } from "../threads/contained-thread.ts";
import { threadProgram } from "../threads/thread-program.ts";
import { DEFAULT_THREAD_LIMITS, isOverLimits, type ThreadLimits } from "../threads/watch-thread.ts";
import { shortLayer } from "./short-layer.ts";

/** `Finishing`, with the pages as they come from the parser: JSON of a `TextLayer`, UTF-8. Whoever hands it over wipes it. */
export interface DocumentToFinish extends Omit<Finishing, "page"> {
  readonly page: Uint8Array | "unreadable" | undefined;
}

const threads = new Semaphore(navigator.hardwareConcurrency);

/** What `finish-worker` answers. */
const finishedSchema: z.ZodType<FinishedExtraction> = z.strictObject({
  json: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
  status: extractionSchema.shape.validation.shape.status,
  issueCount: z.int().nonnegative(),
});

/**
 * `finishExtraction`, in a thread of its own where it may take long. What takes more than `limits` is finished as if its page
 * could not be read: nothing of it counts as confirmed, and `page_unreadable` says so. `stopped`: `signal` aborted before.
 */
export async function finishDocument(
  read: Facts,
  document: DocumentToFinish,
  signal: AbortSignal,
  limits: ThreadLimits = DEFAULT_THREAD_LIMITS,
): Promise<FinishedExtraction | "stopped"> {
  const { page } = document;
  if (!(page instanceof Uint8Array)) return finishExtraction(read, { ...document, page });
  const layer = shortLayer(read, page);
  if (layer !== undefined) return finishExtraction(read, { ...document, page: printedDocument(layer) });
  const finished = await finishInThread(read, { ...document, page }, signal, limits);
  return finished === "over_limits" ? finishExtraction(read, { ...document, page: "unreadable" }) : finished;
}

async function finishInThread(
  read: Facts,
  { page, ...rest }: DocumentToFinish & { readonly page: Uint8Array },
  signal: AbortSignal,
  limits: ThreadLimits,
): Promise<FinishedExtraction | "over_limits" | "stopped"> {
  using turn = await threads.take(signal);
  if (turn === undefined) return "stopped";
  const program = await threadProgram(new URL("./finish-worker.ts", import.meta.url));
  // In memory that is zeroed here, whatever becomes of the thread.
  const [facts, layer] = [new TextEncoder().encode(JSON.stringify(read)), page].map(shared);
  const thread = new ContainedThread(program);
  const finished = new AbortController();
  try {
    await thread.ready(signal);
    if (signal.aborted) return "stopped";
    const watched = isOverLimits(thread, limits, page.byteLength, AbortSignal.any([signal, finished.signal]));
    thread.post({ facts, page: layer, ...rest });
    const answering = thread.answer(finishedSchema);
    const first = await Promise.race([answering, watched.then((isOver) => ({ isOver }))]);
    if (typeof first !== "string" && !("isOver" in first)) return first;
    if ((typeof first !== "string" && first.isOver) || signal.aborted) await thread.terminate();
    const answer = await answering;
    if (typeof answer !== "string") return answer;
    return signal.aborted ? "stopped" : "over_limits";
  } finally {
    finished.abort();
    for (const bytes of [facts, layer]) bytes?.fill(0);
    void thread.end().finally(stringsLeft);
  }
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
