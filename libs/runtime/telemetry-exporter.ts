import { randomUUID } from "node:crypto";
import { logs, metrics, trace } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** How often metrics are exported, and how long an export may take. */
const METRICS_INTERVAL_MS = 15_000;
const METRICS_TIMEOUT_MS = 10_000;

/** What else than spans and metrics is exported. */
export interface Exported {
  /** Log lines, which standard output has in any case. */
  readonly logs: boolean;
}

/**
 * Exports to a collector until disposed, and once more then. Every span is exported, whatever the caller's `traceparent` says
 * of sampling: only when a mail is over can anybody know that it failed or was slow, and the collector is who sees all of it
 * (deploy/otel/collector.yaml). The resource is stated, never detected: detectors collect command lines, user names and
 * host details.
 */
export function startExporter(service: string, endpoint: URL, exported: Exported): AsyncDisposable {
  const urlOf = (path: string) => new URL(path, endpoint.href.endsWith("/") ? endpoint : `${endpoint.href}/`).href;
  const resource = resourceFromAttributes({
    "service.name": service,
    "service.namespace": "flowstate",
    // Two instances' counters would otherwise be one series that jumps back and forth.
    "service.instance.id": randomUUID(),
  });
  const tracing = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
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
  const logging = new LoggerProvider({
    resource,
    processors: exported.logs
      ? [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: urlOf("v1/logs") }) })]
      : [],
  });
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(measuring);
  if (exported.logs) logs.setGlobalLoggerProvider(logging);
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all([tracing.shutdown(), measuring.shutdown(), logging.shutdown()]);
    },
  };
}
