import { documentIdSchema, type PushOutcome, tenantIdSchema } from "@flowstate/contracts";
import { createLogger } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { logAbandonedDelivery, logDelivery, logGateChange } from "./events.ts";

// Real: the logger, writing into an array. Nothing is doubled.

const FACTS = {
  documentId: documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21"),
  tenantId: tenantIdSchema.parse("acme"),
  sizeBytes: 1234,
  durationMs: 56,
};
const FIELDS = { document_id: FACTS.documentId, tenant_id: "acme", size_bytes: 1234, duration_ms: 56 };
const [INFO, WARN, ERROR] = [30, 40, 50];

function logged(write: (logger: ReturnType<typeof createLogger>) => void): unknown[] {
  const lines: string[] = [];
  write(createLogger("erp-pusher", "debug", { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

describe("the log of deliveries", () => {
  it.each<[PushOutcome, number]>([
    [{ result: "delivered", erp_http_status: 204, attempts: 1 }, INFO],
    [{ result: "undeliverable", code: "erp_rejected", erp_http_status: 422, attempts: 1 }, WARN],
    [{ result: "deferred", code: "erp_unavailable", attempts: 1 }, WARN],
  ])("has one wide line for %j", (outcome, level) => {
    const { result, ...rest } = outcome;
    expect(logged((logger) => logDelivery(logger, FACTS, { outcome, ambiguous: false }))).toEqual([
      expect.objectContaining({ level, event: "delivery.ended", end: result, ...FIELDS, ...rest }),
    ]);
  });

  it("names a cause by class and code, never by its message", () => {
    const cause = Object.assign(new Error("CANARY in the answer"), { code: "UND_ERR_SOCKET" });
    const outcome: PushOutcome = { result: "deferred", code: "erp_unavailable", attempts: 1 };
    const lines = logged((logger) => logDelivery(logger, FACTS, { outcome, ambiguous: true, cause }));
    expect(lines).toEqual([expect.objectContaining({ error: "Error", error_code: "UND_ERR_SOCKET", ambiguous: true })]);
    expect(JSON.stringify(lines)).not.toContain("CANARY");
  });

  it("says that the end of an abandoned delivery is unknown", () => {
    expect(logged((logger) => logAbandonedDelivery(logger, FACTS))).toEqual([
      expect.objectContaining({ level: WARN, event: "delivery.abandoned", ...FIELDS }),
    ]);
  });

  it.each<[PushOutcome, string]>([
    [{ result: "deferred", code: "erp_certificate_invalid", attempts: 1 }, "erp.certificate_untrusted"],
    [{ result: "deferred", code: "erp_address_refused", attempts: 1 }, "erp.address_refused"],
    [{ result: "undeliverable", code: "erp_gone", erp_http_status: 410, attempts: 1 }, "erp.endpoint_gone"],
    [{ result: "deferred", code: "internal_fault", attempts: 0 }, "delivery.payload_too_large"],
  ])("raises an alert for what only people can mend: %j", (outcome, event) => {
    const cause = Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED" });
    const lines = logged((logger) => logDelivery(logger, FACTS, { outcome, ambiguous: false, cause }));
    const ids = { document_id: FACTS.documentId, tenant_id: "acme" };
    expect(lines).toEqual([
      expect.objectContaining({ level: ERROR, event, ...ids, error_code: "CERT_HAS_EXPIRED" }),
      expect.objectContaining({ level: WARN, event: "delivery.ended" }),
    ]);
  });

  it("says when an ERP is left alone for a while, and when it is back", () => {
    expect(
      logged((logger) => {
        logGateChange(logger, FACTS.tenantId, "opened");
        logGateChange(logger, FACTS.tenantId, "gone");
        logGateChange(logger, FACTS.tenantId, "closed");
      }),
    ).toEqual([
      expect.objectContaining({ level: ERROR, event: "erp.circuit_opened", tenant_id: "acme" }),
      expect.objectContaining({ level: INFO, event: "erp.circuit_closed", tenant_id: "acme" }),
    ]);
  });
});
