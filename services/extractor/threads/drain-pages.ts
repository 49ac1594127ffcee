import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A thread grows by less between two looks at it, and its young generation is not larger. */
const UNSEEN_BYTES = 32 * 1024 * 1024;

/**
 * Gives back to the system what a thread has left that was ended from outside. V8 keeps the pages of a finished thread for
 * eight seconds, as they are, and hands them to whichever thread wants memory next; no collection of another thread gives
 * them back. So one thread takes as many as there can be, all at once, and gives them back by a collection of its own.
 *
 * `heapBytes`: how large the thread was seen to be. Does nothing in a process that may not collect (`--expose-gc`).
 */
export async function drainPages(heapBytes: number): Promise<void> {
  if (globalThis.gc === undefined) return;
  try {
    const workerData = heapBytes + UNSEEN_BYTES;
    const program = new URL("./drain-worker.ts", import.meta.url);
    await once(new Worker(program, { env: {}, argv: [], execArgv: [], workerData }), "exit");
  } catch {
    // It has drained nothing: V8 gives back what is left after its eight seconds.
  }
}
