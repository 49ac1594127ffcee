import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../target.ts";

const MIB = 1024 * 1024;
/** Caches and compiled code grow for a while; what is kept of every input grows as long as inputs come. */
const MAX_GROWTH_BYTES = 8 * MIB;
/** Weak references and sockets that are closing are let go in several steps. */
const PASSES = 4;
const PASS_PAUSE_MS = 60;

/** What this process holds that is in use: objects and the memory outside of the heap that belongs to them. */
export async function memoryInUse(): Promise<number> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("memory can only be measured with --expose-gc");
  for (let pass = 0; pass < PASSES; pass += 1) {
    await sleep(PASS_PAUSE_MS);
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export function checkGrowth(beforeBytes: number, afterBytes: number): Fault | undefined {
  const grown = afterBytes - beforeBytes;
  if (grown <= MAX_GROWTH_BYTES) return undefined;
  return { kind: "leak", what: `${(grown / MIB).toFixed(1)} MiB more in use than before` };
}
