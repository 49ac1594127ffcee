import type { DocumentId, PushOutcome, TenantId } from "@flowstate/contracts";
import type { Logger } from "@flowstate/runtime";
import type { ErpFault } from "./classify-answer.ts";

/** What every line about a delivery says. */
export interface DeliveryFacts {
  readonly documentId: DocumentId;
  readonly tenantId: TenantId;
  /** Size of the webhook's body. */
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/** The one line per delivery that came to an outcome. */
export function logDelivery(logger: Logger, facts: DeliveryFacts, outcome: PushOutcome, cause?: unknown): void {
  const fields = {
    ...fieldsOf(facts),
    end: outcome.result,
    attempts: outcome.attempts,
    ...("code" in outcome && { code: outcome.code }),
    ...(outcome.erp_http_status !== undefined && { erp_http_status: outcome.erp_http_status }),
  };
  if (outcome.result === "delivered") logger.info("delivery.ended", fields);
  else logger.warn("delivery.ended", fields, cause);
}

/** The caller went away or this process is stopping: whether the ERP took the delivery is unknown. */
export function logAbandonedDelivery(logger: Logger, facts: DeliveryFacts): void {
  logger.warn("delivery.abandoned", fieldsOf(facts));
}

/** Faults that only an operator can mend are errors, although the document is merely deferred. */
export function logFault(logger: Logger, documentId: DocumentId, fault: ErpFault, cause: unknown): void {
  if (fault === "certificate") logger.error("erp.certificate_untrusted", { document_id: documentId }, cause);
}

function fieldsOf({ documentId, tenantId, sizeBytes, durationMs }: DeliveryFacts) {
  return { document_id: documentId, tenant_id: tenantId, size_bytes: sizeBytes, duration_ms: durationMs };
}
