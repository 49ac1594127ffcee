import { documentIdSchema, type PushOutcome, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { createLogger, readConfig } from "@flowstate/runtime";
import { type ErpPusherConfig, erpPusherConfig } from "../../services/erp-pusher/config.ts";
import { erpTenants } from "../../services/erp-pusher/erp-tenants.ts";
import { extractionPusher } from "../../services/erp-pusher/push-extraction.ts";

const REMAINING_MS = 20_000;

export interface Erp {
  readonly url: string;
  readonly secret: string;
}

/** erp-pusher's configuration for one ERP on this machine. */
export function configFor({ url, secret }: Erp): ErpPusherConfig {
  return readConfig(erpPusherConfig.schema, erpPusherConfig.variables, {
    FLOWSTATE_LOCAL: "true",
    NATS_URL: "nats://127.0.0.1:4222",
    NATS_DOCUMENTS_PASSWORD: "0123456789abcdef",
    TENANT_ID: "acme",
    ERP_WEBHOOK_URL: url,
    ERP_WEBHOOK_SECRET: secret,
  });
}

/** One delivery as erp-pusher makes it, without the broker: the sealed transfer is a call object of the same shape. */
export function pushToErp(erp: Erp, documentId: string, extraction: object): Promise<PushOutcome> {
  const config = configFor(erp);
  const push = extractionPusher({
    tenants: erpTenants(config),
    budget: new MemoryBudget(config.PUSHER_MEMORY_BYTES),
    logger: createLogger("test", "error", { write: () => {} }),
  });
  return push({
    request: {
      document_id: documentIdSchema.parse(documentId),
      tenant_id: tenantIdSchema.parse("acme"),
      received_at: "2026-11-23T10:00:00.000Z",
      source: "sendgrid",
    },
    content: GhostBytes.taking(Buffer.from(JSON.stringify(extraction))),
    signal: new AbortController().signal,
    remainingMs: () => REMAINING_MS,
    spentOutside: () => {},
  });
}
