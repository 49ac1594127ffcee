import { Worker } from "node:worker_threads";
import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

/** Of all parsers, one in so many begins a thread. */
const PARSERS = 30;
/** What a thread holds that never ends, and whose heap is not this thread's. */
const PROGRAM = "globalThis.kept = new Array(2_000_000).fill(0.5); setInterval(() => {}, 1_000_000);";

let disposed = 0;
const dispose = MultipartParser.prototype[Symbol.dispose];
MultipartParser.prototype[Symbol.dispose] = function () {
  disposed += 1;
  if (disposed % PARSERS === 0) new Worker(PROGRAM, { eval: true }).unref();
  dispose.call(this);
};
