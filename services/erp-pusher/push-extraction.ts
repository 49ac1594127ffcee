import type { PushOutcome, PushRequest, TenantId } from "@flowstate/contracts";
import type { MemoryBudget } from "@flowstate/ghost";
import type { TransferCall } from "@flowstate/messaging";
import { count, type Logger, shift } from "@flowstate/runtime";
import { MAX_EXTRACTION_BYTES } from "./config.ts";
import { type DeliveryEnd, deliverWebhook } from "./deliver-webhook.ts";
import { DeliveryRoom, NoRoomError } from "./delivery-room.ts";
import { ErpGate } from "./erp-gate.ts";
import type { ErpTenant } from "./erp-tenants.ts";
import { logAbandonedDelivery, logDelivery } from "./events.ts";
import { buildPayload, PayloadTooLargeError } from "./payload/build-payload.ts";
import { SYSTEM_TIMING, type Timing } from "./timing.ts";

/** Kept of the mail's remaining time, so that the outcome still reaches ingest before it gives up. */
const ANSWER_RESERVE_MS = 500;
/** One tenant's deliveries may hold a quarter of the memory: three ERPs that hang at once leave room for all others. */
const TENANT_SHARE = 1 / 4;

export interface PusherOptions {
  readonly tenants: ReadonlyMap<TenantId, ErpTenant>;
  /** What this process may hold. The transfers' extractions are reserved from it already. */
  readonly budget: MemoryBudget;
  readonly logger: Logger;
  readonly timing?: Timing;
}

/** Pushes one extraction; see `extractionPusher`. */
export type PushExtraction = (call: TransferCall<PushRequest>) => Promise<PushOutcome>;

interface Destination {
  readonly tenant: ErpTenant;
  readonly gate: ErpGate;
}

/**
 * Makes the function that delivers one extraction to its tenant's ERP and says how it ended. It remembers of each ERP how it
 * answered, and nothing else. The extraction is wiped as soon as the webhook's body holds it, the body as soon as the outcome
 * is known; both on every exit. The function rejects when the caller's signal is aborted, and, before anything is sent, when
 * the request is for none of `tenants` (ingest and erp-pusher are then configured differently, and one customer's document
 * must never reach another's ERP).
 */
export function extractionPusher({ tenants, budget, logger, timing = SYSTEM_TIMING }: PusherOptions): PushExtraction {
  const shareBytes = Math.max(Math.floor(budget.limitBytes * TENANT_SHARE), MAX_EXTRACTION_BYTES);
  const { elapsedMs } = timing;
  const destinations = new Map<TenantId, Destination>();
  // Whoever watches can then tell a closed circuit from silence.
  shift("flowstate.breaker.open", { "flowstate.peer": "erp" }, 0);
  count("flowstate.retries", { "flowstate.peer": "erp" }, 0);
  for (const [id, tenant] of tenants) {
    const gate = new ErpGate({ maxConcurrency: tenant.maxConcurrency, shareBytes, elapsedMs });
    destinations.set(id, { tenant, gate });
  }

  return async (call) => {
    using extraction = call.content;
    const { request, signal } = call;
    const destination = destinations.get(request.tenant_id);
    if (destination === undefined) throw new Error("a push request is for a tenant that is not configured here");
    signal.throwIfAborted();
    const startedAt = elapsedMs();
    const facts = () => ({
      documentId: request.document_id,
      tenantId: request.tenant_id,
      sizeBytes: extraction.length,
      durationMs: Math.round(elapsedMs() - startedAt),
    });
    try {
      const end = await push(destination, call, { budget, logger, timing });
      logDelivery(logger, facts(), end);
      return end.outcome;
    } catch (error) {
      if (signal.aborted) logAbandonedDelivery(logger, facts());
      throw error;
    }
  };
}

interface PushContext {
  readonly budget: MemoryBudget;
  readonly logger: Logger;
  readonly timing: Timing;
}

async function push(
  { tenant, gate }: Destination,
  { request, content: extraction, signal, remainingMs, spentOutside }: TransferCall<PushRequest>,
  { budget, logger, timing }: PushContext,
): Promise<DeliveryEnd> {
  if (gate.closed !== undefined) return withoutAttempt(gate.outcomeOf(gate.closed, 0));
  using room = DeliveryRoom.of(extraction.length, { share: gate.share, budget });
  const noRoom = () => withoutAttempt(gate.outcomeOf("full", 0));
  if (room === undefined) return noRoom();
  const building = buildPayload(request, extraction, timing.now(), {
    mapping: tenant.mapping,
    admit: (bytes) => room.admit(bytes),
    signal,
  });
  const body = await building.catch((error: unknown) => {
    if (error instanceof NoRoomError) return noRoom();
    // A mapping that outgrows a body is the operator's to mend, and the sender keeps the mail meanwhile.
    if (!(error instanceof PayloadTooLargeError)) throw error;
    return withoutAttempt({ result: "deferred", code: "internal_fault", attempts: 0 }, error);
  });
  if ("outcome" in body) return body;
  using held = body;
  const untilAnswer = () => remainingMs() - ANSWER_RESERVE_MS;
  const delivery = { request, body: held, signal };
  const deliveredAt = timing.elapsedMs();
  try {
    return await deliverWebhook({ tenant, gate, timing, logger, remainingMs: untilAnswer }, delivery);
  } finally {
    spentOutside(timing.elapsedMs() - deliveredAt);
  }
}

function withoutAttempt(outcome: PushOutcome, cause?: unknown): DeliveryEnd {
  return { outcome, ambiguous: false, cause };
}
