// Real: spans and metrics, exported over OTLP. Doubled: the collector.
import { EVENTS_STREAM } from "@flowstate/contracts";
import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addRoute,
  METRICS,
  type MetricAttributes,
  observe,
  type SpanAttributes,
  startTelemetry,
  withSpan,
} from "../../../libs/runtime/index.ts";
import { CANARY, errorOf, isNaughty, NAUGHTY, spoilings } from "./naughty.ts";

/** Every attribute there is, as it looks when it is taken. */
const ATTRIBUTES: Required<SpanAttributes> = {
  "flowstate.tenant_id": "acme",
  "flowstate.mail_id": "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f50",
  "flowstate.document_id": "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f51",
  "flowstate.end": "deferred",
  "flowstate.code": "model_unavailable",
  "flowstate.ambiguous": true,
  "flowstate.size_bytes": 1,
  "flowstate.page_count": 1,
  "flowstate.documents": 1,
  "flowstate.transfer.attempts": 1,
  "flowstate.model.attempts": 1,
  "http.request.method": "POST",
  "http.request.resend_count": 1,
  "http.route": "/api/documents/:id",
  "http.response.status_code": 200,
  "messaging.system.name": "nats",
  "messaging.destination.name": EVENTS_STREAM,
  "messaging.operation.type": "process",
  "messaging.batch.message_count": 1,
  "gen_ai.provider.name": "gcp.gemini",
  "gen_ai.operation.name": "generate_content",
  "gen_ai.request.model": "gemini-2.5-flash",
  "gen_ai.response.finish_reasons": ["MAX_TOKENS"],
  "gen_ai.usage.input_tokens": 1,
  "gen_ai.usage.output_tokens": 1,
};
const LABELS: Required<MetricAttributes> = {
  "flowstate.alert.rule": "events_set_aside",
  "flowstate.tenant_id": "acme",
};
/** What an operator has chosen is held to how it looks. */
const OPERATORS_CHOICE =
  /\{"key":"(?:flowstate\.tenant_id|gen_ai\.request\.model)","value":\{"stringValue":"[^"]*"\}\}/g;
const saysNaughty = (bodies: readonly string[]) => isNaughty(bodies.join("").replaceAll(OPERATORS_CHOICE, ""));
const GAUGES = Object.keys(METRICS);

/** A span with these as everything that a span can be given. */
async function trace(name: unknown, attributes: unknown, failure: Error, parent?: unknown): Promise<void> {
  const start = Object({ attributes, ...(parent !== undefined && { parent, links: [parent] }) });
  const failing = withSpan(String(name), start, async (span) => {
    span.set(Object(attributes));
    throw failure;
  });
  await expect(failing).rejects.toThrow();
}

let collector: OtlpDouble;
let traced = 0;
let measured = 0;
beforeAll(async () => {
  addRoute(ATTRIBUTES["http.route"]);
  collector = await startOtlpCollector();
  const telemetry = await startTelemetry("ingest", new URL(collector.url));
  await trace("process document", ATTRIBUTES, new RangeError("x"));
  for (const text of NAUGHTY) {
    for (const [name, attributes] of spoilings(["process document", ATTRIBUTES], text)) {
      await trace(name, attributes, errorOf(text), text);
      traced += 1;
    }
  }
  const measurements = [{ value: 1, attributes: LABELS }];
  for (const text of NAUGHTY) {
    for (const [value, attributes] of spoilings([1, LABELS], text)) measurements.push(Object({ value, attributes }));
  }
  measured = measurements.length;
  using gauges = new DisposableStack();
  for (const name of GAUGES) gauges.use(Reflect.apply(observe, undefined, [name, () => measurements]));
  await telemetry[Symbol.asyncDispose]();
});
afterAll(() => collector[Symbol.asyncDispose]());

describe("what is traced", () => {
  it("is every attribute that is on the list", () => {
    const { "http.route": _, ...others } = ATTRIBUTES;
    const whole = collector.spans.find(({ attributes }) => attributes["error.type"] === "RangeError");
    expect(whole?.attributes).toMatchObject({
      "http.route": "/api/documents/:id",
      "error.type": "RangeError",
    });
    expect(Object.keys(whole?.attributes ?? {}).sort()).toEqual(
      [...Object.keys(others), "http.route", "error.type"].sort(),
    );
    expect(JSON.stringify(whole)).not.toContain("withheld");
  });

  it("holds none of the texts it was given, as names, attributes, parents, links or errors", () => {
    expect(collector.spans.length).toBe(traced + 1);
    expect(saysNaughty(collector.bodies("traces"))).toBe(false);
  });
});

describe("what is measured", () => {
  it("is every metric with the labels that are on the list", () => {
    for (const name of GAUGES) {
      expect(collector.measurements).toContainEqual({ service: "ingest", name, value: 1, attributes: LABELS });
    }
  });

  it("holds none of the texts it was given, as labels or values", () => {
    expect(measured).toBeGreaterThan(NAUGHTY.length);
    expect(collector.measurements.length).toBeGreaterThan(GAUGES.length);
    expect(saysNaughty(collector.bodies("metrics"))).toBe(false);
  });

  it("has no name but those of the list", () => {
    expect(new Set(collector.measurements.map(({ name }) => name))).toEqual(new Set(GAUGES));
    expect(() => Reflect.apply(observe, undefined, [CANARY, () => []])).toThrow("not on the list");
  });
});
