import { createServer, type IncomingMessage } from "node:http";
import { z } from "zod";

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
}

/** One value of a gauge at one export. */
export interface ReceivedMeasurement {
  readonly service: string;
  readonly name: string;
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An OpenTelemetry collector that keeps what it is sent. */
export interface OtlpDouble extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly measurements: readonly ReceivedMeasurement[];
  /** Everything received, or all of one signal, as it came: for searching what must not be there. */
  bodies(signal?: Signal): readonly string[];
}

type Signal = "traces" | "metrics";

const attributeSchema = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attributeSchema) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().default(""),
              name: z.string(),
              attributes: z.array(attributeSchema).default([]),
              links: z.array(z.object({ traceId: z.string() })).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

const gaugeSchema = z.object({
  dataPoints: z.array(
    z.object({
      asDouble: z.number().optional(),
      asInt: z.coerce.number().optional(),
      attributes: z.array(attributeSchema),
    }),
  ),
});
const metricsSchema = z.object({
  resourceMetrics: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attributeSchema) }),
      scopeMetrics: z.array(
        z.object({ metrics: z.array(z.object({ name: z.string(), gauge: gaugeSchema.optional() })) }),
      ),
    }),
  ),
});

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/metrics", "metrics"],
]);

/** Listens on a free loopback port for `POST /v1/traces` and `POST /v1/metrics`. */
export async function startOtlpCollector(): Promise<OtlpDouble> {
  const spans: ReceivedSpan[] = [];
  const measurements: ReceivedMeasurement[] = [];
  const bodies: { readonly signal: Signal; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const signal = request.method === "POST" ? SIGNALS.get(request.url ?? "") : undefined;
    if (signal === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = await bodyOf(request);
    bodies.push({ signal, body });
    if (signal === "traces") spans.push(...spansOf(body));
    else measurements.push(...measurementsOf(body));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the collector has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    measurements,
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
    const service = String(valuesOf(resource.attributes)["service.name"]);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        ...span,
        service,
        links: span.links.map(({ traceId }) => traceId),
        attributes: valuesOf(span.attributes),
      })),
    );
  });
}

function measurementsOf(body: string): ReceivedMeasurement[] {
  return metricsSchema.parse(JSON.parse(body)).resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
    const service = String(valuesOf(resource.attributes)["service.name"]);
    return scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, gauge }) =>
        (gauge?.dataPoints ?? []).map(({ asDouble, asInt, attributes }) => ({
          service,
          name,
          value: asDouble ?? asInt ?? Number.NaN,
          attributes: valuesOf(attributes),
        })),
      ),
    );
  });
}

/** OTLP wraps each value in an object that names its type: `{"stringValue":"x"}`. */
function valuesOf(attributes: readonly z.infer<typeof attributeSchema>[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
