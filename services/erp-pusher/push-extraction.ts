import type { PushOutcome, PushRequest, TenantId } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import type { TransferCall } from "@flowstate/messaging";
import { currentTraceparent, type Logger, SpanKind, withSpan } from "@flowstate/runtime";
import { buildPayload } from "./build-payload.ts";
import { classifyAnswer } from "./classify-answer.ts";
import type { ErpTenant } from "./erp-tenants.ts";
import { type DeliveryFacts, logAbandonedDelivery, logDelivery, logFault } from "./events.ts";
import { sendWebhook } from "./send-webhook.ts";
import { signWebhook } from "./sign.ts";

/** Kept of the mail's remaining time, so that the outcome still reaches ingest before it gives up. */
const ANSWER_RESERVE_MS = 500;
const USER_AGENT = "Flowstate-Webhook/1.0";

/**
 * Delivers one extraction to its tenant's ERP and says how it ended. The extraction is wiped as soon as the webhook's body
 * holds it, the body as soon as the ERP has answered or the attempt failed; both on every exit. Rejects when the caller's
 * signal is aborted, and, before anything is sent, when the request is for none of `tenants` (ingest and erp-pusher are
 * then configured differently, and one customer's document must never reach another's ERP).
 */
export async function pushExtraction(
  tenants: ReadonlyMap<TenantId, ErpTenant>,
  { request, content, signal, remainingMs }: TransferCall<PushRequest>,
  logger: Logger,
): Promise<PushOutcome> {
  using extraction = content;
  const tenant = tenants.get(request.tenant_id);
  if (tenant === undefined) throw new Error("a push request is for a tenant that is not configured here");
  signal.throwIfAborted();
  const startedAt = performance.now();
  using body = buildPayload(request, extraction, new Date());
  extraction.wipe();

  const facts = (): DeliveryFacts => ({
    documentId: request.document_id,
    tenantId: request.tenant_id,
    sizeBytes: body.length,
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    const { outcome, cause } = await deliver(tenant, { request, body, signal, remainingMs }, logger);
    logDelivery(logger, facts(), outcome, cause);
    return outcome;
  } catch (error) {
    if (signal.aborted) logAbandonedDelivery(logger, facts());
    throw error;
  }
}

interface Delivery extends Omit<TransferCall<PushRequest>, "content"> {
  readonly body: GhostBytes;
}

interface AttemptResult {
  readonly outcome: PushOutcome;
  /** Why there was no answer, if there was none. */
  readonly cause?: unknown;
}

/**
 * Makes one attempt. This is the place to make further ones within the remaining time: the body stays as it is, each
 * attempt signs it afresh.
 */
async function deliver(tenant: ErpTenant, delivery: Delivery, logger: Logger): Promise<AttemptResult> {
  const timeLimitMs = Math.min(tenant.timeoutMs, delivery.remainingMs() - ANSWER_RESERVE_MS);
  if (timeLimitMs <= 0) return { outcome: { result: "deferred", code: "deadline_exceeded", attempts: 0 } };
  return attemptDelivery(tenant, delivery, { attempt: 1, timeLimitMs, logger });
}

/** One signed POST, inside the client span that the ERP's trace continues. `attempt` counts from 1. */
function attemptDelivery(
  tenant: ErpTenant,
  { request, body, signal }: Delivery,
  { attempt, timeLimitMs, logger }: { readonly attempt: number; readonly timeLimitMs: number; readonly logger: Logger },
): Promise<AttemptResult> {
  const attributes = {
    "http.request.method": "POST",
    "flowstate.tenant_id": request.tenant_id,
    "flowstate.document_id": request.document_id,
    "flowstate.size_bytes": body.length,
  };
  return withSpan("POST", { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const traceparent = currentTraceparent();
    const answer = await sendWebhook(tenant.endpoint, {
      headers: {
        ...signWebhook(tenant.secrets, { id: request.document_id, sentAt: new Date(), body: body.view() }),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        ...(traceparent !== undefined && { traceparent }),
      },
      body,
      timeLimitMs,
      signal,
    });
    const outcome = classifyAnswer(answer, attempt);
    span.set({ "flowstate.end": outcome.result, ...("code" in outcome && { "flowstate.code": outcome.code }) });
    if (answer.kind === "answered") {
      span.set({ "http.response.status_code": answer.status });
      return { outcome };
    }
    logFault(logger, request.document_id, answer.fault, answer.cause);
    return { outcome, cause: answer.cause };
  });
}
