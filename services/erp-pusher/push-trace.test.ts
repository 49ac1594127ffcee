import { documentIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { createLogger, startTelemetry, withSpan } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { erpEndpoint } from "./erp-endpoint.ts";
import { pushExtraction } from "./push-extraction.ts";
import { parseWebhookSecrets } from "./sign.ts";

// Real: the OpenTelemetry SDK and its OTLP exporter, HTTP to the ERP. Doubled: the ERP and the OTLP collector.

const CANARY = "CANARY-1b9e44";
const DOCUMENT_ID = documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21");
const TENANT_ID = tenantIdSchema.parse("acme");

/** SPAN_KIND_CLIENT of OTLP. */
const CLIENT_KIND = '"kind":3';

describe("the span of a delivery", () => {
  it("is a client span under the transfer's, with closed attributes, and the ERP's parent", async () => {
    await using collector = await startOtlpCollector();
    await using erp = await startErp();
    erp.script({ status: 503, body: CANARY });
    const secrets = parseWebhookSecrets(erp.secret);
    if (secrets === undefined) throw new Error("the ERP's secret is unusable");
    const telemetry = await startTelemetry("erp-pusher", new URL(collector.url));
    const content = GhostBytes.taking(Buffer.from(JSON.stringify({ vendor: CANARY })));
    await withSpan("process erp-pusher", {}, () =>
      pushExtraction(
        new Map([[TENANT_ID, { endpoint: erpEndpoint(new URL(erp.webhookUrl)), secrets, timeoutMs: 10_000 }]]),
        {
          request: {
            document_id: DOCUMENT_ID,
            tenant_id: TENANT_ID,
            received_at: "2026-11-23T10:00:00.000Z",
            source: "sendgrid",
          },
          content,
          signal: new AbortController().signal,
          remainingMs: () => 10_000,
        },
        createLogger("erp-pusher", "error", { write: () => {} }),
      ),
    );
    await telemetry[Symbol.asyncDispose]();

    const parent = collector.spans.find(({ name }) => name === "process erp-pusher");
    const post = collector.spans.find(({ name }) => name === "POST");
    expect(post).toMatchObject({ traceId: parent?.traceId, parentSpanId: parent?.spanId });
    expect(collector.bodies.join()).toContain(CLIENT_KIND);
    expect(post?.attributes).toEqual({
      "http.request.method": "POST",
      "http.response.status_code": 503,
      "flowstate.tenant_id": TENANT_ID,
      "flowstate.document_id": DOCUMENT_ID,
      "flowstate.size_bytes": expect.any(Number),
      "flowstate.end": "deferred",
      "flowstate.code": "erp_unavailable",
    });
    expect(erp.received[0]?.headers["traceparent"]).toBe(`00-${post?.traceId}-${post?.spanId}-01`);
    expect(collector.bodies.join()).not.toContain(CANARY);
  });
});
