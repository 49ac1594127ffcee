import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { Side } from "../sides/side.ts";
import { memoryBytes } from "./process-usage.ts";

/**
 * Memory of a side, in rounds of their own: to look at it takes the longer the more processes and memory a side has, and holds
 * these up meanwhile.
 */

const seenSchema = z.object({ peakBytes: z.number(), looks: z.number(), lookingShare: z.number() });

/**
 * `peakBytes`: the most that all processes together had at one look. `lookingShare`: how much of the time went by in looks, as a
 * share of one.
 */
export type WatchedMemory = Readonly<z.infer<typeof seenSchema>>;

/** Watches the processes of a side, and those that they start, until it is disposed. */
export class MemoryWatch implements AsyncDisposable {
  readonly #thread: Worker;

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  static async start(side: Pick<Side, "processes">): Promise<MemoryWatch> {
    const roots = Object.values(side.processes()).flatMap(([root]) => root ?? []);
    const thread = new Worker(new URL("./look-at-memory.ts", import.meta.url), { workerData: roots });
    await once(thread, "message");
    return new MemoryWatch(thread);
  }

  async read(): Promise<WatchedMemory> {
    this.#thread.postMessage("read");
    const [seen] = await once(this.#thread, "message");
    return seenSchema.parse(seen);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}

/** What all processes of a side have together, bytes. */
export function memoryOf(side: Pick<Side, "processes">): number {
  return Object.values(side.processes())
    .flat()
    .reduce((sum, pid) => sum + memoryBytes(pid), 0);
}
