import { type MessagePort, parentPort } from "node:worker_threads";
import { collectEverything } from "@flowstate/ghost/collect.ts";

/** Said to a thread that has no document yet. */
export const CLEAR_HEAP = "clear heap";

/** What a thread says that is loaded. */
const READY = "ready";

/**
 * Inside a thread that works on one document: `work` is given it, with what answers the parent, and ends the thread with
 * `process.exit`. However the thread ends by itself, it clears its heap first, because V8 hands the pages of a finished thread
 * to the next one as they are; and while it waits, whenever it is told to.
 */
export function workOnce(work: (message: unknown, port: MessagePort) => void): void {
  if (parentPort === null) throw new Error("a thread's program runs as a worker thread only");
  const port = parentPort;
  // Also where V8 has collected nothing: a string that names a property lies in the old generation from its beginning.
  process.once("exit", collectEverything);
  port.on("message", function take(message: unknown) {
    if (message === CLEAR_HEAP) {
      collectEverything();
      return;
    }
    port.off("message", take);
    work(message, port);
  });
  port.postMessage(READY);
}
