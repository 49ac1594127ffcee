import { runService } from "@flowstate/runtime";
import { extractorConfig } from "./config.ts";
import { startExtractor } from "./start.ts";

// Content must not linger in Node's shared slab of small buffers.
Buffer.poolSize = 0;

await runService({ name: "extractor", config: extractorConfig, start: startExtractor });
