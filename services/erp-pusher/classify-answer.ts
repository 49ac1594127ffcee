import type { PushOutcome } from "@flowstate/contracts";

/** What came of one attempt to reach the ERP. */
export type ErpAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** How long the ERP asks not to be asked again, milliseconds. */
      readonly retryAfterMs?: number | undefined;
      /** By the `Date` of its answer the ERP's clock is too far from ours to accept any signature of now. */
      readonly clockOff?: boolean;
    }
  | {
      readonly kind: "failed";
      readonly fault: ErpFault;
      /** The request, or a part of it, may have been received: only the ERP knows whether it took the document. */
      readonly ambiguous?: boolean;
      readonly cause: unknown;
    };

/**
 * Why there is no answer: the ERP could not be reached or broke off, it was too slow, its certificate is not one to trust,
 * or its name leads to an address that nothing is sent to.
 */
export type ErpFault = "network" | "timeout" | "certificate" | "address";

/** 4xx statuses by which an ERP says "later", not "no": request timeout, too early, too many requests. */
const TEMPORARY_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);
/** "This condition is likely to be permanent" (RFC 9110 §15.5.11): Standard Webhooks asks a sender to stop. */
const GONE = 410;

/**
 * Decides what an answer means for the document, for every answer there is. Only the ERP's own no is final
 * (docs/adr/0015-only-the-erps-answer-is-final.md):
 *
 * - 2xx: delivered;
 * - 408, 425, 429, 5xx and every fault: deferred, the sender keeps the mail and sends it again. A certificate that is not
 *   trusted and an address that is refused count as such: both are mended by people within the 72 hours that the sender
 *   keeps trying;
 * - 410: undeliverable, and so is whatever else is for this endpoint;
 * - 3xx (never followed: a redirect could lead the extraction anywhere) and other 4xx: undeliverable, unless its clock and
 *   ours differ so far that it could accept no signature: then deferred
 *   (docs/adr/0045-an-erps-no-counts-while-clocks-agree.md);
 * - a status that HTTP does not define: deferred, because it says nothing.
 */
export function classifyAnswer(answer: ErpAnswer, attempts: number): PushOutcome {
  switch (answer.kind) {
    case "answered":
      return classifyStatus(answer, attempts);
    case "failed":
      return { result: "deferred", code: FAULT_CODES[answer.fault], attempts };
    default:
      return answer satisfies never;
  }
}

const FAULT_CODES = {
  network: "erp_unavailable",
  timeout: "erp_unavailable",
  certificate: "erp_certificate_invalid",
  address: "erp_address_refused",
} as const satisfies Record<ErpFault, string>;

function classifyStatus(
  { status, clockOff = false }: Extract<ErpAnswer, { kind: "answered" }>,
  attempts: number,
): PushOutcome {
  if (status < 200 || status > 599) return { result: "deferred", code: "erp_unavailable", attempts };
  if (status < 300) return { result: "delivered", erp_http_status: status, attempts };
  if (status >= 500 || TEMPORARY_REFUSALS.has(status)) {
    return { result: "deferred", code: "erp_unavailable", erp_http_status: status, attempts };
  }
  if (status === GONE) return { result: "undeliverable", code: "erp_gone", erp_http_status: status, attempts };
  if (clockOff) return { result: "deferred", code: "erp_unavailable", erp_http_status: status, attempts };
  return { result: "undeliverable", code: "erp_rejected", erp_http_status: status, attempts };
}

/** Whether another attempt within the same request may end otherwise: no certificate and no address changes in seconds. */
export function isPassing(outcome: PushOutcome): boolean {
  return outcome.result === "deferred" && outcome.code === "erp_unavailable";
}
