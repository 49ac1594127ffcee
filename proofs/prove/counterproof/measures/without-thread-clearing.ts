import { syncBuiltinESMExports } from "node:module";
import workers, { type WorkerOptions } from "node:worker_threads";

/** Loaded before a service by the proof only: the threads that parsed or finished a document end with what they held. */
const PROGRAMS = ["parser-worker.ts", "finish-worker.ts"];

workers.Worker = class extends workers.Worker {
  constructor(module: string | URL, options?: WorkerOptions) {
    if (!PROGRAMS.includes(options?.name ?? "")) {
      super(module, options);
      return;
    }
    const program = `globalThis.gc = undefined; await import(${JSON.stringify(String(module))});`;
    super(new URL(`data:text/javascript,${encodeURIComponent(program)}`), options);
  }
};
syncBuiltinESMExports();
