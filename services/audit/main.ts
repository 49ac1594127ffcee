import { runService } from "@flowstate/runtime";
import { auditConfig } from "./config.ts";
import { startAudit } from "./start.ts";

await runService({ name: "audit", config: auditConfig, start: startAudit });
