import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../target.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Caches and compiled code go on growing for a while, ever more slowly: so much, and so much for each input. */
const MAX_GROWTH_BYTES = 2 * MIB;
const MAX_GROWTH_BYTES_PER_INPUT = KIB / 2;
/**
 * Of everything that the system has given the process: other threads' heaps, native memory, what allocators keep for the
 * next time. The last of these comes and goes by some tens of MiB.
 */
const MAX_RESIDENT_GROWTH_BYTES = 96 * MIB;
/** Weak references and sockets that are closing are let go in several steps. */
const PASSES = 4;
const PASS_PAUSE_MS = 60;

/** What this process holds at one time. */
export interface MemoryLook {
  /** How many inputs had been given. */
  readonly inputs: number;
  /** In use by this thread: objects, and the memory outside of the heap that belongs to them. */
  readonly usedBytes: number;
  /** Of the whole process. */
  readonly residentBytes: number;
}

export async function lookAtMemory(inputs: number): Promise<MemoryLook> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("memory can only be measured with --expose-gc");
  for (let pass = 0; pass < PASSES; pass += 1) {
    await sleep(PASS_PAUSE_MS);
    collect();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { inputs, usedBytes: heapUsed + external, residentBytes: rss };
}

/**
 * Whether memory grows as long as inputs come. What is kept of every input grows between any two looks; code that V8 throws
 * away after a while, some MiB at once, would hide that between the first and the last, so the median of all pairs counts.
 */
export function checkGrowth(looks: readonly MemoryLook[]): Fault | undefined {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const inputs = last.inputs - first.inputs;
  const grown = inputs * medianSlope(looks, ({ usedBytes }) => usedBytes);
  if (grown > MAX_GROWTH_BYTES + inputs * MAX_GROWTH_BYTES_PER_INPUT)
    return { kind: "leak", what: `${mib(grown)} more in use than before` };
  const resident = inputs * medianSlope(looks, ({ residentBytes }) => residentBytes);
  if (resident > MAX_RESIDENT_GROWTH_BYTES)
    return { kind: "leak", what: `${mib(resident)} more of the system's memory than before` };
  return undefined;
}

/** Bytes for each input. */
function medianSlope(looks: readonly MemoryLook[], bytesOf: (look: MemoryLook) => number): number {
  const slopes = looks
    .flatMap((one, index) =>
      looks
        .slice(index + 1)
        .filter((other) => other.inputs > one.inputs)
        .map((other) => (bytesOf(other) - bytesOf(one)) / (other.inputs - one.inputs)),
    )
    .toSorted((a, b) => a - b);
  return slopes[slopes.length >> 1] ?? 0;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
