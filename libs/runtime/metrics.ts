import { metrics } from "@opentelemetry/api";
import { type ClosedList, listed, SLUG } from "./closed-list.ts";
import { RULES } from "./known-words.ts";

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
  "flowstate.scrub.failures": {
    unit: "{scrub}",
    description:
      "How many times since its start a process could not clear what zeroing does not reach. Any is too many.",
  },
} as const;
export type MetricName = keyof typeof METRICS;

/** The only labels a metric can carry: names from closed lists, and ids that an operator chose. */
export interface MetricAttributes {
  readonly "flowstate.alert.rule"?: string;
  readonly "flowstate.tenant_id"?: string;
}

const LABELS: ClosedList<keyof MetricAttributes> = {
  "flowstate.alert.rule": RULES,
  "flowstate.tenant_id": SLUG,
};

export interface Measurement {
  readonly value: number;
  readonly attributes: MetricAttributes;
}

/**
 * Has `read` asked for the metric's values whenever metrics are exported, until disposed. It must answer from memory: the
 * exporter waits for it. What is no number is not measured. Throws for a name that is not on the list.
 */
export function observe(name: MetricName, read: () => readonly Measurement[]): Disposable {
  if (!Object.hasOwn(METRICS, name)) throw new Error("a metric that is not on the list");
  const gauge = metrics.getMeter("flowstate").createObservableGauge(name, METRICS[name]);
  const report: Parameters<typeof gauge.addCallback>[0] = (result) => {
    for (const { value, attributes } of read()) {
      if (Number.isFinite(value)) result.observe(value, listed(LABELS, attributes));
    }
  };
  gauge.addCallback(report);
  return { [Symbol.dispose]: () => gauge.removeCallback(report) };
}
