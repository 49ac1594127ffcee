import { documentIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { createLogger, startTelemetry, withSpan } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { extractionPusher } from "./push-extraction.ts";
import { tenantOf } from "./testing/erp-tenant.ts";
import { timingOfToday } from "./testing/push-rig.ts";

// Real: the OpenTelemetry SDK and its OTLP exporter, HTTP to the ERP. Doubled: the ERP and the OTLP collector.

const CANARY = "CANARY-1b9e44";
const DOCUMENT_ID = documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21");
const TENANT_ID = tenantIdSchema.parse("acme");

/** SPAN_KIND_CLIENT of OTLP. */
const CLIENT_KIND = '"kind":3';

describe("the spans of a delivery", () => {
  it("are one client span for each attempt under the transfer's, with closed attributes, each the ERP's parent", async () => {
    await using collector = await startOtlpCollector();
    await using erp = await startErp();
    erp.script({ status: 503, body: CANARY }, { drop: "after_body" });
    const telemetry = await startTelemetry("erp-pusher", new URL(collector.url));
    const content = GhostBytes.taking(Buffer.from(JSON.stringify({ vendor: CANARY })));
    const push = extractionPusher({
      tenants: new Map([[TENANT_ID, tenantOf(erp)]]),
      budget: new MemoryBudget(64 * 1024 * 1024),
      logger: createLogger("erp-pusher", "error", { write: () => {} }),
      timing: timingOfToday(),
    });
    await withSpan("process erp-pusher", {}, () =>
      push({
        request: {
          document_id: DOCUMENT_ID,
          tenant_id: TENANT_ID,
          received_at: "2026-11-23T10:00:00.000Z",
          source: "sendgrid",
        },
        content,
        signal: new AbortController().signal,
        remainingMs: () => 10_000,
        spentOutside: () => {},
      }),
    );
    await telemetry[Symbol.asyncDispose]();

    const parent = collector.spans.find(({ name }) => name === "process erp-pusher");
    const posts = collector.spans.filter(({ name }) => name === "POST");
    for (const post of posts) expect(post).toMatchObject({ traceId: parent?.traceId, parentSpanId: parent?.spanId });
    expect(collector.bodies().join()).toContain(CLIENT_KIND);
    const facts = {
      "http.request.method": "POST",
      "flowstate.tenant_id": TENANT_ID,
      "flowstate.document_id": DOCUMENT_ID,
      "flowstate.size_bytes": expect.any(Number),
    };
    expect(posts.map(({ attributes }) => attributes)).toEqual([
      {
        ...facts,
        "http.response.status_code": 503,
        "flowstate.end": "deferred",
        "flowstate.code": "erp_unavailable",
      },
      {
        ...facts,
        "http.request.resend_count": 1,
        "flowstate.end": "deferred",
        "flowstate.code": "erp_unavailable",
        "flowstate.ambiguous": true,
      },
      { ...facts, "http.request.resend_count": 2, "http.response.status_code": 200, "flowstate.end": "delivered" },
    ]);
    expect(erp.received.map(({ headers }) => headers["traceparent"])).toEqual(
      posts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    );
    expect(collector.bodies().join()).not.toContain(CANARY);
  });
});
