import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import type { WatchedMemory } from "./memory-watch.ts";
import { memoryBytes, processFamily } from "./process-usage.ts";

/**
 * The thread that looks: for each look the kernel goes through the page tables of every process, and whoever asks it waits. The
 * load must not. Says that it has begun, and what it saw when it is asked.
 */

const LOOK_INTERVAL_MS = 100;

const roots = z.array(z.number()).parse(workerData);
const startedAt = performance.now();
let peakBytes = 0;
let looks = 0;
let lookingMs = 0;

function look(): void {
  const beganAt = performance.now();
  const bytes = processFamily(...roots).reduce((sum, pid) => sum + memoryBytes(pid), 0);
  peakBytes = Math.max(peakBytes, bytes);
  looks += 1;
  lookingMs += performance.now() - beganAt;
}

look();
setInterval(look, LOOK_INTERVAL_MS);
parentPort?.on("message", () => {
  look();
  const seen: WatchedMemory = { peakBytes, looks, lookingShare: lookingMs / (performance.now() - startedAt) };
  parentPort?.postMessage(seen);
});
parentPort?.postMessage("begun");
