import { syncBuiltinESMExports } from "node:module";
import workers, { type WorkerOptions } from "node:worker_threads";

/** Loaded before a service by the proof only: the thread that parsed a document ends with what it held. */
const PARSER = "/parser-worker.ts";

workers.Worker = class extends workers.Worker {
  constructor(module: string | URL, options?: WorkerOptions) {
    if (!String(module).endsWith(PARSER)) {
      super(module, options);
      return;
    }
    const program = `Reflect.deleteProperty(globalThis, "gc"); await import(${JSON.stringify(String(module))});`;
    super(new URL(`data:text/javascript,${encodeURIComponent(program)}`), options);
  }
};
syncBuiltinESMExports();
