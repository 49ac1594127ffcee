import { randomUUID } from "node:crypto";
import type { ErpPing } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import type { ErpAnswer } from "../classify-answer.ts";
import type { ErpTenant } from "../erp-tenants.ts";
import { sendWebhook } from "../send-webhook.ts";
import { webhookHeaders } from "../webhook-headers.ts";

/** What came of one ping. */
export interface PingEnd {
  readonly answer: ErpAnswer;
  readonly durationMs: number;
}

/**
 * Sends one signed `flowstate.ping` the way a document would go: the same connection, the same trust, the same headers,
 * the same time limit, once. Rejects only for a request that cannot be made at all (a bug).
 */
export async function pingErp(tenant: ErpTenant, sentAt: Date): Promise<PingEnd> {
  const ping: ErpPing = { type: "flowstate.ping", timestamp: sentAt.toISOString(), data: {} };
  using body = GhostBytes.taking(Buffer.from(JSON.stringify(ping)));
  const startedAt = performance.now();
  const answer = await sendWebhook(tenant.endpoint, {
    headers: webhookHeaders(tenant, { id: `ping_${randomUUID()}`, sentAt, body: body.view() }),
    body,
    timeLimitMs: tenant.timeoutMs,
    signal: new AbortController().signal,
  });
  return { answer, durationMs: Math.round(performance.now() - startedAt) };
}
