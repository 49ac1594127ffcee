import type { PushOutcome, PushRequest } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import { currentTraceparent, measureMs, SpanKind, withSpan } from "@flowstate/runtime";
import { classifyAnswer } from "./classify-answer.ts";
import type { ErpTenant } from "./erp-tenants.ts";
import { sendWebhook } from "./send-webhook.ts";
import { webhookHeaders } from "./webhook-headers.ts";

/** One delivery: the same body and the same id in every attempt. */
export interface Delivery {
  readonly request: PushRequest;
  readonly body: GhostBytes;
  /** Aborted when the outcome interests nobody any more. */
  readonly signal: AbortSignal;
}

export interface Attempt {
  /** Counts from 1. */
  readonly number: number;
  readonly timeLimitMs: number;
  readonly now: () => Date;
}

export interface AttemptEnd {
  readonly outcome: PushOutcome;
  /** The ERP may have taken the document although there was no answer. */
  readonly ambiguous: boolean;
  readonly retryAfterMs?: number | undefined;
  /** The ERP's clock is too far from ours to accept any signature. */
  readonly clockOff?: boolean;
  /** Why there was no answer, if there was none. */
  readonly cause?: unknown;
}

/** One POST, signed for this moment, inside the client span that the ERP's trace continues. */
export function attemptDelivery(
  tenant: ErpTenant,
  { request, body, signal }: Delivery,
  { number, timeLimitMs, now }: Attempt,
): Promise<AttemptEnd> {
  const attributes = {
    "http.request.method": "POST",
    "flowstate.tenant_id": request.tenant_id,
    "flowstate.document_id": request.document_id,
    "flowstate.size_bytes": body.length,
    ...(number > 1 && { "http.request.resend_count": number - 1 }),
  };
  return withSpan("POST", { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const traceparent = currentTraceparent();
    const signed = { id: request.document_id, sentAt: now(), body: body.view(), traceparent };
    const sentAt = performance.now();
    const answer = await sendWebhook(tenant.endpoint, {
      headers: webhookHeaders(tenant, signed),
      body,
      timeLimitMs,
      signal,
      now,
    });
    const outcome = classifyAnswer(answer, number);
    measureMs("http.client.request.duration", performance.now() - sentAt, {
      "http.request.method": "POST",
      ...(answer.kind === "answered" && { "http.response.status_code": answer.status }),
      ...("code" in outcome && { "error.type": outcome.code }),
    });
    span.set({ "flowstate.end": outcome.result, ...("code" in outcome && { "flowstate.code": outcome.code }) });
    if (answer.kind === "answered") {
      span.set({ "http.response.status_code": answer.status });
      const { retryAfterMs, clockOff = false } = answer;
      return { outcome, ambiguous: false, retryAfterMs, clockOff };
    }
    const { ambiguous = false, cause } = answer;
    if (ambiguous) span.set({ "flowstate.ambiguous": true });
    return { outcome, ambiguous, cause };
  });
}
