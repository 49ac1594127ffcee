import { Worker } from "node:worker_threads";
import type { Findings } from "./findings.ts";
import type { Place, SearchAnswer, SearchOrder, SearchSetup } from "./search-orders.ts";

/** As many as the smallest machine that this is run on has processors. */
const THREADS = 2;

/** One thread that searches, and what it still has to do. */
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<Findings>>;
}

/** Searches memory and files for the canaries of one run, in threads of its own. */
export class Searcher implements AsyncDisposable {
  readonly #threads: readonly Thread[];
  #asked = 0;

  constructor(mark: string) {
    this.#threads = Array.from({ length: THREADS }, () => startThread(mark));
  }

  /** Rejects when the place may not be looked at. */
  search(place: Place): Promise<Findings> {
    const id = this.#asked++;
    const { worker, waiting } = this.#threads.reduce((least, thread) =>
      thread.waiting.size < least.waiting.size ? thread : least,
    );
    const found = Promise.withResolvers<Findings>();
    waiting.set(id, found);
    const order: SearchOrder = { id, place };
    worker.postMessage(order);
    return found.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}

function startThread(mark: string): Thread {
  const setup: SearchSetup = { mark };
  const worker = new Worker(new URL("./search-worker.ts", import.meta.url), { workerData: setup });
  const waiting: Thread["waiting"] = new Map();
  worker.on("message", (answer: SearchAnswer) => {
    const found = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("findings" in answer) found?.resolve(answer.findings);
    else found?.reject(new Error(answer.problem));
  });
  worker.on("error", (error) => {
    for (const found of waiting.values()) found.reject(error);
  });
  return { worker, waiting };
}
