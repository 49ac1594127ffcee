import { runService } from "@flowstate/runtime";
import { erpPusherConfig } from "./config.ts";
import { startErpPusher } from "./start.ts";

// Content must not linger in Node's shared slab of small buffers.
Buffer.poolSize = 0;

await runService({ name: "erp-pusher", config: erpPusherConfig, start: startErpPusher });
