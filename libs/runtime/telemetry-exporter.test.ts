import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addRoute } from "./known-words.ts";
import { currentTraceparent, SpanKind, startTelemetry, type Telemetry, withSpan } from "./telemetry.ts";

/* Real: the OpenTelemetry SDK and its OTLP exporter over HTTP. Doubled: the collector. */

const REMOTE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const CANARY = "canary";

let collector: OtlpDouble;
let telemetry: Telemetry;
let handedOn: string | undefined;

beforeAll(async () => {
  addRoute("/webhooks/sendgrid");
  collector = await startOtlpCollector();
  telemetry = await startTelemetry("ingest", new URL(collector.url));
  await withSpan(
    "POST /webhooks/sendgrid",
    {
      kind: SpanKind.SERVER,
      parent: REMOTE,
      attributes: { "http.route": "/webhooks/sendgrid", "flowstate.tenant_id": "acme" },
    },
    async (span) => {
      await withSpan("process document", {}, async () => {
        handedOn = currentTraceparent();
      });
      span.set({ "flowstate.documents": 1 });
    },
  );
  await withSpan("process events", { links: [REMOTE, "garbage"] }, async () => undefined);
  await withSpan("call extractor", {}, () => Promise.reject(new RangeError(`${CANARY} Invoice 4711`))).catch(
    () => undefined,
  );
  const named = Object.assign(new Error("x"), { name: `${CANARY} Invoice 4711` });
  await withSpan("ask model", {}, () => Promise.reject(named)).catch(() => undefined);
  await telemetry[Symbol.asyncDispose]();
});

afterAll(() => collector[Symbol.asyncDispose]());

const spanNamed = (name: string) => collector.spans.find((span) => span.name === name);

describe("with an exporter", () => {
  it("every span arrives at the collector, under the service's name", () => {
    expect(collector.spans.map(({ name }) => name).sort()).toEqual([
      "POST /webhooks/sendgrid",
      "ask model",
      "call extractor",
      "process document",
      "process events",
    ]);
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(["ingest"]));
  });

  it("spans of one request are connected, from the caller's to the one handed on", () => {
    const [request, work] = [spanNamed("POST /webhooks/sendgrid"), spanNamed("process document")];
    expect(request).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" });
    expect(work).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(handedOn).toBe(`00-${work?.traceId}-${work?.spanId}-01`);
  });

  it("a link points to the other trace without joining it, and a malformed one is left out", () => {
    const span = spanNamed("process events");
    expect(span?.links).toEqual(["0af7651916cd43dd8448eb211c80319c"]);
    expect(span?.traceId).not.toBe("0af7651916cd43dd8448eb211c80319c");
    expect(span?.parentSpanId).toBe("");
  });

  it("spans carry the attributes they were given, and no others", () => {
    expect(spanNamed("POST /webhooks/sendgrid")?.attributes).toEqual({
      "http.route": "/webhooks/sendgrid",
      "flowstate.tenant_id": "acme",
      "flowstate.documents": 1,
    });
    expect(spanNamed("process document")?.attributes).toEqual({});
  });

  it("a failed span says the error's class, never its message", () => {
    expect(spanNamed("call extractor")?.attributes).toEqual({ "error.type": "RangeError" });
    expect(spanNamed("ask model")?.attributes).toEqual({ "error.type": "unknown" });
    expect(collector.bodies().join()).not.toContain(CANARY);
  });

  it("nothing about this machine or its users is detected and sent", () => {
    const sent = collector.bodies().join();
    for (const detected of ["host.", "process.", "os.", "hostname", process.cwd(), process.execPath]) {
      expect(sent, detected).not.toContain(`"${detected}`);
    }
    expect(sent).not.toMatch(/"key":"(?!service\.|telemetry\.|flowstate\.|http\.|error\.type)/);
  });
});
