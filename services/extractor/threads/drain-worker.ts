import { workerData } from "node:worker_threads";
import { collectEverything } from "@flowstate/ghost/collect.ts";

/** The thread that takes pages of finished threads, and gives them back by a collection when it holds all of them. */
const wantedBytes: unknown = workerData;
if (typeof wantedBytes !== "number") throw new Error("drain-worker expects a number of bytes");

/** Three of them fill a page: larger ones would lie in pages of their own, which V8 does not keep. */
const PIECE_CELLS = 8_192;
const CELL_BYTES = 8;

let held = Array.from({ length: Math.ceil(wantedBytes / (PIECE_CELLS * CELL_BYTES)) }, () =>
  new Array<number>(PIECE_CELLS).fill(0),
);
held = held.slice(held.length);
collectEverything();
