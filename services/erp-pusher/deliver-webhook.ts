import type { PushOutcome } from "@flowstate/contracts";
import { count, type Logger } from "@flowstate/runtime";
import { type AttemptEnd, attemptDelivery, type Delivery } from "./attempt-delivery.ts";
import { backoffMs } from "./backoff.ts";
import { isPassing } from "./classify-answer.ts";
import type { Closed, ErpGate } from "./erp-gate.ts";
import type { ErpTenant } from "./erp-tenants.ts";
import { logClockOff, logGateChange } from "./events.ts";
import type { Timing } from "./timing.ts";

/** The sender is the long retry; here a fault of some seconds is bridged. Also keeps instant faults from becoming a storm. */
export const MAX_ATTEMPTS = 6;
/** In less time than this an attempt mostly ends as one whose end nobody knows: no further one is made, and it says nothing. */
const SHORTEST_ATTEMPT_MS = 1_000;

/** How the attempts of one delivery ended. */
export interface DeliveryEnd {
  readonly outcome: PushOutcome;
  /** After at least one attempt the ERP may have taken the document although there was no answer. */
  readonly ambiguous: boolean;
  /** Why the last attempt got no answer, if it got none. */
  readonly cause?: unknown;
}

export interface DeliveryContext {
  readonly tenant: ErpTenant;
  readonly gate: ErpGate;
  readonly timing: Timing;
  readonly logger: Logger;
  /** Milliseconds in which the outcome must be known. */
  remainingMs(): number;
}

/**
 * Attempts a delivery until its end is known, another attempt cannot change it, or the time is over: after each fault that
 * may pass a growing random pause, and no shorter one than the ERP asks for. Rejects when the delivery's signal is aborted.
 */
export async function deliverWebhook(context: DeliveryContext, delivery: Delivery): Promise<DeliveryEnd> {
  let ambiguous = false;
  let last: AttemptEnd | undefined;
  for (let attempts = 0; ; attempts += 1) {
    const end = await attemptOnce(context, delivery, attempts + 1);
    if (typeof end === "string") {
      const outcome = end === "gone" || last === undefined ? context.gate.outcomeOf(end, attempts) : last.outcome;
      return { outcome, ambiguous, cause: last?.cause };
    }
    last = end;
    ambiguous ||= end.ambiguous;
    const pauseMs = pauseAfter(context, end, attempts + 1);
    if (pauseMs === undefined) return { outcome: end.outcome, ambiguous, cause: end.cause };
    count("flowstate.retries", { "flowstate.peer": "erp" });
    await context.timing.sleep(pauseMs, delivery.signal);
  }
}

/** The way through the gate and one attempt. The slot is free again during the pause that may follow. */
async function attemptOnce(
  { tenant, gate, timing, logger, remainingMs }: DeliveryContext,
  delivery: Delivery,
  number: number,
): Promise<AttemptEnd | Closed> {
  const leave = await gate.enter(remainingMs(), delivery.signal);
  if (typeof leave === "string") return leave;
  using _leave = leave;
  const leftMs = remainingMs();
  if (leftMs <= 0) return "late";
  const timeLimitMs = Math.min(tenant.timeoutMs, leftMs);
  const end = await attemptDelivery(tenant, delivery, { number, timeLimitMs, now: timing.now });
  // An ERP is not down because a document came to it late.
  if (end.outcome.result === "deferred" && leftMs < SHORTEST_ATTEMPT_MS) return end;
  if (end.clockOff === true) logClockOff(logger, delivery.request.tenant_id);
  const change = leave.settle(end.outcome);
  if (change !== undefined) logGateChange(logger, delivery.request.tenant_id, change);
  return end;
}

/** How long to wait before the next attempt; undefined when there is none to make. */
function pauseAfter(
  { timing, remainingMs }: DeliveryContext,
  { outcome, retryAfterMs = 0 }: AttemptEnd,
  attempts: number,
): number | undefined {
  if (!isPassing(outcome) || attempts >= MAX_ATTEMPTS) return undefined;
  const pauseMs = Math.max(retryAfterMs, backoffMs(attempts, timing.random()));
  return pauseMs + SHORTEST_ATTEMPT_MS <= remainingMs() ? pauseMs : undefined;
}
