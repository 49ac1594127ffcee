import { runService } from "@flowstate/runtime";
import { ingestConfig } from "./config.ts";
import { startIngest } from "./start.ts";

// Content must not linger in Node's shared slab of small buffers.
Buffer.poolSize = 0;

await runService({ name: "ingest", config: ingestConfig, start: startIngest });
