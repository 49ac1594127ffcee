import type { Code, DocumentId, LogEvent, PushOutcome, TenantId } from "@flowstate/contracts";
import { type Logger, shift } from "@flowstate/runtime";
import type { DeliveryEnd } from "./deliver-webhook.ts";
import type { GateChange } from "./erp-gate.ts";

/** What every line about a delivery says. */
export interface DeliveryFacts {
  readonly documentId: DocumentId;
  readonly tenantId: TenantId;
  /** Size of the extraction. */
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/** The one wide line per delivery that came to an outcome, and before it the alert, if only people can mend the cause. */
export function logDelivery(logger: Logger, facts: DeliveryFacts, { outcome, ambiguous, cause }: DeliveryEnd): void {
  const alert = alertOf(outcome);
  if (alert !== undefined) logger.error(alert, alertFieldsOf(facts), cause);
  const fields = {
    ...fieldsOf(facts),
    end: outcome.result,
    attempts: outcome.attempts,
    ...("code" in outcome && { code: outcome.code }),
    ...(outcome.erp_http_status !== undefined && { erp_http_status: outcome.erp_http_status }),
    ...(ambiguous && { ambiguous }),
  };
  if (outcome.result === "delivered") logger.info("delivery.ended", fields);
  else logger.warn("delivery.ended", fields, cause);
}

/** The caller went away or this process is stopping: whether the ERP took the delivery is unknown. */
export function logAbandonedDelivery(logger: Logger, facts: DeliveryFacts): void {
  logger.warn("delivery.abandoned", fieldsOf(facts));
}

/** What an ERP's answers mean for the deliveries after this one. That it is gone is told with each document. */
export function logGateChange(logger: Logger, tenantId: TenantId, change: GateChange): void {
  if (change !== "gone") shift("flowstate.breaker.open", { "flowstate.peer": "erp" }, change === "opened" ? 1 : -1);
  if (change === "opened") logger.error("erp.circuit_opened", { tenant_id: tenantId });
  else if (change === "closed") logger.info("erp.circuit_closed", { tenant_id: tenantId });
}

/** This machine's clock or the ERP's is wrong: whatever is signed here is refused there. */
export function logClockOff(logger: Logger, tenantId: TenantId): void {
  logger.error("clock.off", { tenant_id: tenantId });
}

/** Faults that only an operator can mend are errors, also where the document is merely deferred. */
const ALERTS: Partial<Record<Code, LogEvent>> = {
  erp_gone: "erp.endpoint_gone",
  erp_certificate_invalid: "erp.certificate_untrusted",
  erp_address_refused: "erp.address_refused",
  internal_fault: "delivery.payload_too_large",
};

function alertOf(outcome: PushOutcome): LogEvent | undefined {
  return "code" in outcome ? ALERTS[outcome.code] : undefined;
}

function alertFieldsOf({ documentId, tenantId }: DeliveryFacts) {
  return { document_id: documentId, tenant_id: tenantId };
}

function fieldsOf(facts: DeliveryFacts) {
  return { ...alertFieldsOf(facts), size_bytes: facts.sizeBytes, duration_ms: facts.durationMs };
}
