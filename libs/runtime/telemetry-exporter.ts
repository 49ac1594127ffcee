import { metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** How often metrics are exported, and how long an export may take. */
const METRICS_INTERVAL_MS = 15_000;
const METRICS_TIMEOUT_MS = 10_000;

/** The resource is stated, never detected: detectors collect command lines, user names and host details. */
export function startExporter(service: string, endpoint: URL): AsyncDisposable {
  const urlOf = (path: string) => new URL(path, endpoint.href.endsWith("/") ? endpoint : `${endpoint.href}/`).href;
  const resource = resourceFromAttributes({ "service.name": service, "service.namespace": "flowstate" });
  const tracing = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: urlOf("v1/traces") }) })],
  });
  const measuring = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: urlOf("v1/metrics") }),
        exportIntervalMillis: METRICS_INTERVAL_MS,
        exportTimeoutMillis: METRICS_TIMEOUT_MS,
      }),
    ],
  });
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(measuring);
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all([tracing.shutdown(), measuring.shutdown()]);
    },
  };
}
