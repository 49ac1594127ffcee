// Real: spans and metrics, exported over OTLP. Doubled: the collector.
import { EVENTS_STREAM } from "@flowstate/contracts";
import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addRoute,
  count,
  LABELS,
  type LabelName,
  METRICS,
  type MetricName,
  measure,
  metricOf,
  observe,
  type SpanAttributes,
  shift,
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
/** Labels that have no list of values, as they look when they are taken. */
const UNLISTED: Partial<Record<LabelName, string | number>> = {
  "flowstate.hardening.measure": "no_swap",
  "flowstate.alert.rule": "events_set_aside",
  "flowstate.tenant_id": "acme",
  "http.request.method": "POST",
  "http.route": "/api/documents/:id",
  "http.response.status_code": 200,
  "gen_ai.request.model": "gemini-2.5-flash",
};
/** What an operator has chosen is held to how it looks. */
const OPERATORS_CHOICE =
  /\{"key":"(?:flowstate\.tenant_id|gen_ai\.request\.model)","value":\{"stringValue":"[^"]*"\}\}/g;
const saysNaughty = (bodies: readonly string[]) => isNaughty(bodies.join("").replaceAll(OPERATORS_CHOICE, ""));
const NAMES = Object.keys(METRICS) as MetricName[];

function labelsOf(name: MetricName): Record<string, unknown> {
  const first = (label: LabelName) => ("values" in LABELS[label] ? LABELS[label].values[0] : UNLISTED[label]);
  return Object.fromEntries(metricOf(name).labels.map((label) => [label, first(label)]));
}

/** Records a value with these labels by the function that its instrument has. */
function record(name: MetricName, value: unknown, labels: unknown): Disposable | undefined {
  switch (metricOf(name).instrument) {
    case "counter":
      return void Reflect.apply(count, undefined, [name, labels, value]);
    case "updown":
      return void Reflect.apply(shift, undefined, [name, labels, value]);
    case "histogram":
      return void Reflect.apply(measure, undefined, [name, value, labels]);
    case "gauge":
      return Reflect.apply(observe, undefined, [name, () => [{ value, labels }]]);
  }
}

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
  using gauges = new DisposableStack();
  for (const name of NAMES) {
    gauges.use(record(name, 1, labelsOf(name)));
    for (const text of NAUGHTY) {
      for (const [value, labels] of spoilings([1, labelsOf(name)], text)) {
        gauges.use(record(name, value, labels));
        measured += 1;
      }
    }
  }
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
    for (const name of NAMES) {
      const { unit, instrument: kind } = metricOf(name);
      const recorded = { service: "ingest", name, unit, kind, attributes: labelsOf(name) };
      expect(collector.measurements).toContainEqual({ ...recorded, value: expect.any(Number) });
    }
  });

  it("holds none of the texts it was given, as labels or values", () => {
    expect(measured).toBeGreaterThan(NAUGHTY.length * NAMES.length);
    expect(collector.measurements.length).toBeGreaterThan(NAMES.length);
    expect(saysNaughty(collector.bodies("metrics"))).toBe(false);
  });

  it("has no name but those of the list", () => {
    expect(new Set(collector.measurements.map(({ name }) => name))).toEqual(new Set(NAMES));
    expect(() => Reflect.apply(observe, undefined, [CANARY, () => []])).toThrow("not on the list");
  });
});
