import { documentIdSchema, type PushOutcome, tenantIdSchema } from "@flowstate/contracts";
import { createLogger } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { logAbandonedDelivery, logDelivery, logFault } from "./events.ts";

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
    expect(logged((logger) => logDelivery(logger, FACTS, outcome))).toEqual([
      expect.objectContaining({ level, event: "delivery.ended", end: result, ...FIELDS, ...rest }),
    ]);
  });

  it("names a cause by class and code, never by its message", () => {
    const cause = Object.assign(new Error("CANARY in the answer"), { code: "UND_ERR_SOCKET" });
    const outcome: PushOutcome = { result: "deferred", code: "erp_unavailable", attempts: 1 };
    const lines = logged((logger) => logDelivery(logger, FACTS, outcome, cause));
    expect(lines).toEqual([expect.objectContaining({ error: "Error", error_code: "UND_ERR_SOCKET" })]);
    expect(JSON.stringify(lines)).not.toContain("CANARY");
  });

  it("says that the end of an abandoned delivery is unknown", () => {
    expect(logged((logger) => logAbandonedDelivery(logger, FACTS))).toEqual([
      expect.objectContaining({ level: WARN, event: "delivery.abandoned", ...FIELDS }),
    ]);
  });

  it("calls an untrusted certificate an error and leaves other faults to the delivery's own line", () => {
    const cause = Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED" });
    expect(
      logged((logger) => {
        logFault(logger, FACTS.documentId, "certificate", cause);
        logFault(logger, FACTS.documentId, "network", cause);
        logFault(logger, FACTS.documentId, "timeout", cause);
      }),
    ).toEqual([
      expect.objectContaining({ level: ERROR, event: "erp.certificate_untrusted", error_code: "CERT_HAS_EXPIRED" }),
    ]);
  });
});
