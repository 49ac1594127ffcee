import type { PushOutcome } from "@flowstate/contracts";

/** What came of one attempt to reach the ERP. */
export type ErpAnswer =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "failed"; readonly fault: ErpFault; readonly cause: unknown };

/**
 * Why there is no answer: the ERP could not be reached or broke off, it was too slow, or its certificate is not one to
 * trust.
 */
export type ErpFault = "network" | "timeout" | "certificate";

/** 4xx statuses by which an ERP says "later", not "no": request timeout, too early, too many requests. */
const TEMPORARY_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Decides what an answer means for the document, for every answer there is:
 *
 * - 2xx: delivered;
 * - 408, 425, 429, 5xx and every fault: deferred, the sender keeps the mail and sends it again. A certificate that is not
 *   trusted counts as one: it is mended by the operator within the 72 hours that the sender keeps trying;
 * - 3xx (never followed: a redirect could lead the extraction anywhere) and other 4xx: undeliverable;
 * - a status that HTTP does not define: deferred, because it says nothing.
 */
export function classifyAnswer(answer: ErpAnswer, attempts: number): PushOutcome {
  switch (answer.kind) {
    case "answered":
      return classifyStatus(answer.status, attempts);
    case "failed":
      return { result: "deferred", code: "erp_unavailable", attempts };
    default:
      return answer satisfies never;
  }
}

function classifyStatus(status: number, attempts: number): PushOutcome {
  if (status < 200 || status > 599) return { result: "deferred", code: "erp_unavailable", attempts };
  if (status < 300) return { result: "delivered", erp_http_status: status, attempts };
  if (status >= 500 || TEMPORARY_REFUSALS.has(status)) {
    return { result: "deferred", code: "erp_unavailable", erp_http_status: status, attempts };
  }
  return { result: "undeliverable", code: "erp_rejected", erp_http_status: status, attempts };
}
