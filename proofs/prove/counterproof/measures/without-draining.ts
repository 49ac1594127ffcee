import { syncBuiltinESMExports } from "node:module";
import workers, { type WorkerOptions } from "node:worker_threads";

/** Loaded before a service by the proof only: V8 keeps the pages of threads that were cut short as they are. */
workers.Worker = class extends workers.Worker {
  constructor(module: string | URL, options?: WorkerOptions) {
    const isDraining = String(module).endsWith("/drain-worker.ts");
    super(isDraining ? new URL("data:text/javascript,") : module, options);
  }
};
syncBuiltinESMExports();
