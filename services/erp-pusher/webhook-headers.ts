import type { ErpTenant } from "./erp-tenants.ts";
import { type SignedContent, signWebhook } from "./sign.ts";

const USER_AGENT = "Flowstate-Webhook/1.0";

export interface WebhookRequest extends SignedContent {
  /** W3C Trace Context of this attempt. */
  readonly traceparent?: string | undefined;
}

/**
 * The headers of one attempt. What was agreed on with the ERP's owners comes first, so that it can never stand in the place
 * of what the delivery says itself.
 */
export function webhookHeaders(tenant: ErpTenant, request: WebhookRequest): Readonly<Record<string, string>> {
  const { id, traceparent } = request;
  return {
    ...tenant.headers,
    ...signWebhook(tenant.secrets, request, tenant.signingKeys),
    // For gateways that know this name: the same on every attempt, as webhook-id is.
    "idempotency-key": id,
    "content-type": "application/json",
    "user-agent": USER_AGENT,
    ...(traceparent !== undefined && { traceparent }),
  };
}
