import { type MetricName, metricOf } from "../../libs/runtime/index.ts";

/** Units that become a suffix; what is counted, in braces, does not. */
const SUFFIXES: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

/**
 * A metric's name as Prometheus shows it, whether its own OTLP receiver or a collector's exporter translates: no dots, the unit
 * spelt out, `_total` after what only grows. A histogram's series have `_bucket`, `_sum` or `_count` after that.
 * Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", OTLP metric points to Prometheus.
 */
export function prometheusNameOf(name: MetricName): string {
  const { instrument, unit } = metricOf(name);
  const words = name.replaceAll(/[^a-zA-Z0-9]+/g, "_");
  return `${words}${SUFFIXES[unit] ?? ""}${instrument === "counter" ? "_total" : ""}`;
}

/** Every name under which the metric's series can be asked for. */
export function prometheusSeriesOf(name: MetricName): readonly string[] {
  const base = prometheusNameOf(name);
  if (metricOf(name).instrument !== "histogram") return [base];
  return ["_bucket", "_sum", "_count"].map((part) => `${base}${part}`);
}
