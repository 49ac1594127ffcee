import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { z } from "zod";
import type { ServerCertificate } from "./certificate.ts";

/** A span as the OTLP/HTTP JSON encoding carries it, reduced to what tests ask. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** Trace ids of its links. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What happened within it. */
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  /** What is said of the process that it is of. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Its status' own text. */
  readonly statusMessage: string;
  /** Whether its status is "error". */
  readonly failed: boolean;
  readonly durationMs: number;
}

/** What one series of a metric said at one export. */
export interface ReceivedMeasurement {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly kind: "gauge" | "counter" | "updown" | "histogram";
  /** Of a histogram the sum. */
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A log line. */
export interface ReceivedLine {
  readonly service: string;
  readonly event: string;
  readonly severity: string;
  readonly traceId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An OpenTelemetry collector that keeps what it is sent. */
export interface OtlpDouble extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly measurements: readonly ReceivedMeasurement[];
  readonly lines: readonly ReceivedLine[];
  /** Everything received, or all of one signal, as it came: for searching what must not be there. */
  bodies(signal?: Signal): readonly string[];
}

type Signal = "traces" | "metrics" | "logs";

const arraySchema = z.object({ arrayValue: z.object({ values: z.array(z.record(z.string(), z.unknown())) }) });
const attributeSchema = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const resourceSchema = z.object({ attributes: z.array(attributeSchema) });
/** Nanoseconds since 1970, as OTLP's JSON writes 64-bit numbers. */
const nanosSchema = z.coerce.bigint();
const NANOS_PER_MS = 1_000_000;
const STATUS_ERROR = 2;
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: resourceSchema,
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().default(""),
              name: z.string(),
              startTimeUnixNano: nanosSchema,
              endTimeUnixNano: nanosSchema,
              status: z
                .object({ code: z.int().default(0), message: z.string().default("") })
                .default({ code: 0, message: "" }),
              attributes: z.array(attributeSchema).default([]),
              events: z
                .array(z.object({ name: z.string(), attributes: z.array(attributeSchema).default([]) }))
                .default([]),
              links: z.array(z.object({ traceId: z.string() })).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

const pointsSchema = z.object({
  dataPoints: z.array(
    z.object({
      asDouble: z.number().optional(),
      asInt: z.coerce.number().optional(),
      sum: z.number().optional(),
      attributes: z.array(attributeSchema),
    }),
  ),
});
const metricSchema = z.object({
  name: z.string(),
  unit: z.string(),
  gauge: pointsSchema.optional(),
  sum: pointsSchema.extend({ isMonotonic: z.boolean() }).optional(),
  histogram: pointsSchema.optional(),
});
const metricsSchema = z.object({
  resourceMetrics: z.array(
    z.object({ resource: resourceSchema, scopeMetrics: z.array(z.object({ metrics: z.array(metricSchema) })) }),
  ),
});

const logsSchema = z.object({
  resourceLogs: z.array(
    z.object({
      resource: resourceSchema,
      scopeLogs: z.array(
        z.object({
          logRecords: z.array(
            z.object({
              severityText: z.string(),
              body: z.object({ stringValue: z.string() }),
              traceId: z.string().default(""),
              attributes: z.array(attributeSchema),
            }),
          ),
        }),
      ),
    }),
  ),
});

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/metrics", "metrics"],
  ["/v1/logs", "logs"],
]);

/** Listens on a free loopback port for `POST /v1/traces`, `/v1/metrics` and `/v1/logs`; with `tls`, over TLS. */
export async function startOtlpCollector({ tls }: { readonly tls?: ServerCertificate } = {}): Promise<OtlpDouble> {
  const spans: ReceivedSpan[] = [];
  const measurements: ReceivedMeasurement[] = [];
  const lines: ReceivedLine[] = [];
  const bodies: { readonly signal: Signal; readonly body: string }[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const signal = request.method === "POST" ? SIGNALS.get(request.url ?? "") : undefined;
    if (signal === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = await bodyOf(request);
    bodies.push({ signal, body });
    if (signal === "traces") spans.push(...spansOf(body));
    else if (signal === "metrics") measurements.push(...measurementsOf(body));
    else lines.push(...linesOf(body));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  };
  const server =
    tls === undefined ? createHttpServer(take) : createHttpsServer({ cert: tls.certificate, key: tls.key }, take);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the collector has no port");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}`,
    spans,
    measurements,
    lines,
    bodies: (asked) => bodies.flatMap(({ signal, body }) => (asked === undefined || asked === signal ? [body] : [])),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function spansOf(body: string): ReceivedSpan[] {
  return exportSchema.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plainValuesOf(resource.attributes)["service.name"]);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ startTimeUnixNano: start, endTimeUnixNano: end, status, ...span }) => ({
        ...span,
        service,
        links: span.links.map(({ traceId }) => traceId),
        attributes: plainValuesOf(span.attributes),
        events: span.events.map(({ name, attributes }) => ({ name, attributes: plainValuesOf(attributes) })),
        resource: plainValuesOf(resource.attributes),
        statusMessage: status.message,
        failed: status.code === STATUS_ERROR,
        durationMs: Number(end - start) / NANOS_PER_MS,
      })),
    );
  });
}

function measurementsOf(body: string): ReceivedMeasurement[] {
  return metricsSchema.parse(JSON.parse(body)).resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
    const service = String(plainValuesOf(resource.attributes)["service.name"]);
    return scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(
        (metric) =>
          (metric.gauge ?? metric.sum ?? metric.histogram)?.dataPoints.map(({ asDouble, asInt, sum, attributes }) => ({
            service,
            name: metric.name,
            unit: metric.unit,
            kind: kindOf(metric),
            value: asDouble ?? asInt ?? sum ?? Number.NaN,
            attributes: plainValuesOf(attributes),
          })) ?? [],
      ),
    );
  });
}

function kindOf({ gauge, sum }: z.infer<typeof metricSchema>): ReceivedMeasurement["kind"] {
  if (gauge !== undefined) return "gauge";
  if (sum === undefined) return "histogram";
  return sum.isMonotonic ? "counter" : "updown";
}

function linesOf(body: string): ReceivedLine[] {
  return logsSchema.parse(JSON.parse(body)).resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const service = String(plainValuesOf(resource.attributes)["service.name"]);
    return scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(({ severityText: severity, body: { stringValue: event }, traceId, attributes }) => ({
        service,
        event,
        severity,
        traceId,
        attributes: plainValuesOf(attributes),
      })),
    );
  });
}

/** OTLP wraps each value in an object that names its type: `{"stringValue":"x"}`. */
function plainValuesOf(attributes: readonly z.infer<typeof attributeSchema>[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValueOf(value)]));
}

function plainValueOf(wrapped: Readonly<Record<string, unknown>>): unknown {
  const array = arraySchema.safeParse(wrapped);
  return array.success ? array.data.arrayValue.values.map(plainValueOf) : Object.values(wrapped)[0];
}
