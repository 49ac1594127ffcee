import { metrics } from "@opentelemetry/api";

/**
 * Every metric there is: its name, its unit and what it says. Names follow the OpenTelemetry semantic conventions where they
 * have one. A metric is recorded only when an OTLP endpoint is configured.
 */
export const METRICS = {
  "flowstate.alert.active": {
    unit: "{alert}",
    description: "1 while the rule has found something wrong, of the tenant if it is a tenant's, else 0.",
  },
  "flowstate.alert.affected": {
    unit: "{item}",
    description: "How many documents, mails or events the alert is about.",
  },
} as const;
export type MetricName = keyof typeof METRICS;

/** The only labels a metric can carry: names from closed lists, and ids that an operator chose. */
export interface MetricAttributes {
  readonly "flowstate.alert.rule"?: string;
  readonly "flowstate.tenant_id"?: string;
}

export interface Measurement {
  readonly value: number;
  readonly attributes: MetricAttributes;
}

/**
 * Has `read` asked for the metric's values whenever metrics are exported, until disposed. It must answer from memory: the
 * exporter waits for it.
 */
export function observe(name: MetricName, read: () => readonly Measurement[]): Disposable {
  const gauge = metrics.getMeter("flowstate").createObservableGauge(name, METRICS[name]);
  const report: Parameters<typeof gauge.addCallback>[0] = (result) => {
    for (const { value, attributes } of read()) result.observe(value, { ...attributes });
  };
  gauge.addCallback(report);
  return { [Symbol.dispose]: () => gauge.removeCallback(report) };
}
