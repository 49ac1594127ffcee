import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addRoute } from "./known-words.ts";
import { createLogger } from "./logger.ts";
import { count, measureMs } from "./metrics/record.ts";
import { currentTraceparent, SpanKind, startTelemetry, type Telemetry, withSpan } from "./telemetry.ts";

/* Real: the OpenTelemetry SDK and its OTLP exporter over HTTP. Doubled: the collector. */

const REMOTE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const CANARY = "canary";

let collector: OtlpDouble;
let telemetry: Telemetry;
let handedOn: string | undefined;

beforeAll(async () => {
  addRoute("/webhooks/sendgrid");
  collector = await startOtlpCollector();
  telemetry = await startTelemetry("ingest", new URL(collector.url), { logs: true });
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
  const logger = createLogger("ingest", "info", { write: () => {} });
  await withSpan("record events", { parent: UNSAMPLED }, async () => {
    logger.warn("mail.not_accepted", { code: "temporarily_unavailable", attempts: 2 }, new RangeError(CANARY));
    logger.debug("transfer.ended");
  });
  const said = `${CANARY} Invoice 4711`;
  Reflect.apply(logger.info, logger, [said, { code: said, [CANARY]: CANARY }]);
  count("flowstate.retries", { "flowstate.peer": "model" });
  count("flowstate.retries", { "flowstate.peer": "model" });
  measureMs("flowstate.stage.duration", 250, { "flowstate.stage": "claim" });
  measureMs("flowstate.stage.duration", Number.NaN, { "flowstate.stage": "claim" });
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
      "record events",
    ]);
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(["ingest"]));
  });

  it("spans of one request are connected, from the caller's to the one handed on", () => {
    const [request, work] = [spanNamed("POST /webhooks/sendgrid"), spanNamed("process document")];
    expect(request).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" });
    expect(work).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(handedOn).toBe(`00-${work?.traceId}-${work?.spanId}-01`);
  });

  it("a span is exported also where the caller's trace is not sampled: nobody knows yet that it will fail", () => {
    expect(spanNamed("record events")).toMatchObject({ traceId: "1af7651916cd43dd8448eb211c80319c" });
  });

  it("lines arrive as they are on standard output, with the ids of their trace", () => {
    const fields = { code: "temporarily_unavailable", attempts: 2, error: "RangeError" };
    expect(collector.lines).toEqual([
      {
        service: "ingest",
        event: "mail.not_accepted",
        severity: "warn",
        traceId: "1af7651916cd43dd8448eb211c80319c",
        attributes: { ...fields, at: expect.any(Object) },
      },
      { service: "ingest", event: "[withheld]", severity: "info", traceId: "", attributes: { code: "[withheld]" } },
    ]);
  });

  it("metrics arrive with their unit and labels, and what is no number does not", () => {
    const ofMeasurement = (name: string) => collector.measurements.filter((measurement) => measurement.name === name);
    expect(ofMeasurement("flowstate.retries")).toEqual([
      {
        service: "ingest",
        name: "flowstate.retries",
        unit: "{retry}",
        kind: "counter",
        value: 2,
        attributes: { "flowstate.peer": "model" },
      },
    ]);
    expect(ofMeasurement("flowstate.stage.duration")).toMatchObject([
      { unit: "s", kind: "histogram", value: 0.25, attributes: { "flowstate.stage": "claim" } },
    ]);
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
    expect(sent).not.toMatch(
      /"key":"(?!service\.|telemetry\.|flowstate\.|http\.|error\.type|(?:code|attempts|error|at)")/,
    );
  });
});
