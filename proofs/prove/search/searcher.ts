import { Worker } from "node:worker_threads";
import type { Findings } from "./findings.ts";
import type { Place, SearchAnswer, SearchOrder, SearchSetup } from "./search-orders.ts";

/** Searches memory and files for the canaries of one run, one place after the other, in a thread of its own. */
export class Searcher implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Findings>>();
  #asked = 0;

  constructor(mark: string) {
    const setup: SearchSetup = { mark };
    this.#worker = new Worker(new URL("./search-worker.ts", import.meta.url), { workerData: setup });
    this.#worker.on("message", (answer: SearchAnswer) => this.#settle(answer));
    this.#worker.on("error", (error) => {
      for (const waiting of this.#waiting.values()) waiting.reject(error);
    });
  }

  /** Rejects when the place may not be looked at. */
  search(place: Place): Promise<Findings> {
    const id = this.#asked++;
    const waiting = Promise.withResolvers<Findings>();
    this.#waiting.set(id, waiting);
    const order: SearchOrder = { id, place };
    this.#worker.postMessage(order);
    return waiting.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: SearchAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("findings" in answer) waiting?.resolve(answer.findings);
    else waiting?.reject(new Error(answer.problem));
  }
}
