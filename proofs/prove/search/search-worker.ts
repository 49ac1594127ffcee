import { parentPort, workerData } from "node:worker_threads";
import type { Findings } from "./findings.ts";
import { needlesOf } from "./needles.ts";
import { searchProcess } from "./process-memory.ts";
import { searchFiles, searchTexts } from "./search-files.ts";
import type { Place, SearchAnswer, SearchOrder, SearchSetup } from "./search-orders.ts";
import { PieceSearch } from "./search-pieces.ts";

/**
 * The thread that searches, so that the doubles in the proof's process go on answering meanwhile. It reads the memory of other
 * processes, never that of its own.
 */
if (parentPort === null) throw new Error("search-worker runs as a worker thread only");
const port = parentPort;
const { mark }: SearchSetup = workerData;
const search = new PieceSearch(needlesOf(mark));

port.on("message", ({ id, place }: SearchOrder) => {
  const answer: SearchAnswer = { id, ...outcomeOf(place) };
  port.postMessage(answer);
});

function outcomeOf(place: Place): { readonly findings: Findings } | { readonly problem: string } {
  try {
    return { findings: findingsIn(place) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "unknown" };
  }
}

function findingsIn(place: Place): Findings {
  if ("pid" in place) return searchProcess(place.pid, search);
  return "files" in place ? searchFiles(place.files, search) : searchTexts(place.texts, search);
}
