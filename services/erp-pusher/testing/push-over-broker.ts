import { randomUUID } from "node:crypto";
import { documentIdSchema, type PushOutcome, pushOutcomeSchema, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import type { NatsServer } from "@flowstate/local/servers/nats-server.ts";
import { callService, connectDocuments, Deadline, type DocumentsConnection } from "@flowstate/messaging";
import { createLogger, readConfig } from "@flowstate/runtime";
import { type ErpPusherConfig, erpPusherConfig } from "../config.ts";

/** Says nothing. */
export const QUIET = createLogger("test", "error", { write: () => {} });

/** What `ingest` pushes with. */
export function connectIngest(broker: NatsServer): Promise<DocumentsConnection> {
  const password = broker.passwords["ingest-documents"];
  return connectDocuments({ url: broker.url, identity: "ingest-documents", password, logger: QUIET });
}

/** A configuration of erp-pusher with these tenants and variables. */
export function pusherConfig(
  broker: NatsServer,
  tenants: readonly { readonly id: string; readonly erp: object }[],
  variables: Readonly<Record<string, string>> = {},
): ErpPusherConfig {
  return readConfig(erpPusherConfig.schema, erpPusherConfig.variables, {
    FLOWSTATE_LOCAL: "true",
    NATS_URL: broker.url,
    PUSHER_HOST: "127.0.0.1",
    PUSHER_PORT: "0",
    NATS_DOCUMENTS_PASSWORD: broker.passwords["erp-pusher"],
    FLOWSTATE_TENANTS: JSON.stringify(tenants),
    ...variables,
  });
}

export interface BrokerPush {
  readonly tenantId: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Of the extraction. Default: a few. */
  readonly sizeBytes?: number;
}

/** Pushes one document, a new one each time, as ingest would. */
export async function pushDocument(connection: DocumentsConnection, push: BrokerPush): Promise<PushOutcome> {
  using content = GhostBytes.taking(Buffer.from(JSON.stringify({ filler: "x".repeat(push.sizeBytes ?? 1) })));
  const { outcome } = await callService(connection, {
    service: "erp-pusher",
    request: {
      document_id: documentIdSchema.parse(randomUUID()),
      tenant_id: tenantIdSchema.parse(push.tenantId),
      received_at: "2026-11-23T10:00:00.000Z",
      source: "sendgrid",
    },
    content,
    outcomeSchema: pushOutcomeSchema,
    deadline: Deadline.in(push.deadlineMs ?? 30_000),
    signal: push.signal ?? new AbortController().signal,
    logger: QUIET,
  });
  return outcome;
}
