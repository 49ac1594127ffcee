import type { LabelName } from "./labels.ts";

/**
 * What records a metric: `counter` only grows, `updown` also shrinks, `histogram` keeps a distribution, `gauge` is asked for
 * its value whenever metrics are exported.
 */
export type Instrument = "counter" | "updown" | "histogram" | "gauge";

interface Metric {
  readonly instrument: Instrument;
  /** UCUM, as the OpenTelemetry conventions use it: what is counted stands in braces. */
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly LabelName[];
  /** Upper bounds of a histogram's buckets. Default: `SECONDS`. */
  readonly buckets?: readonly number[];
}

/** From a claim on a local broker to a mail's deadline. Objectives are bounds of buckets: docs/operations/slo.md. */
export const SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 90];
/** As the conventions for generative AI advise. */
const TOKENS: readonly number[] = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];
/** Events are recorded within a second, or after an outage of hours. */
const RECORDING_SECONDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400];

/**
 * Every metric there is. Names and units follow the OpenTelemetry semantic conventions where they have one, and are ours
 * under `flowstate.` where they have none. Recorded only when an OTLP endpoint is configured. docs/operations/metrics.md is
 * generated from this table, and dashboards and alert rules are held to it.
 */
export const METRICS = {
  "flowstate.mails": {
    instrument: "counter",
    unit: "{mail}",
    description: "Mails and uploads that were answered, and why if they were not accepted.",
    labels: ["flowstate.source", "flowstate.answer", "flowstate.code"],
  },
  "flowstate.documents": {
    instrument: "counter",
    unit: "{document}",
    description: "Documents by how this attempt at them ended.",
    labels: ["flowstate.source", "flowstate.end", "flowstate.code"],
  },
  "flowstate.stage.duration": {
    instrument: "histogram",
    unit: "s",
    description: "How long a document was at each stage of its way.",
    labels: ["flowstate.stage"],
  },
  "flowstate.document.overhead": {
    instrument: "histogram",
    unit: "s",
    description:
      "Of a delivered document, from when its mail was complete to its end, without the time at the model and at the ERP.",
    labels: [],
  },
  "flowstate.memory.usage": {
    instrument: "gauge",
    unit: "By",
    description: "Bytes of content in flight: what mails and documents take of this process's memory budget.",
    labels: [],
  },
  "flowstate.memory.limit": {
    instrument: "gauge",
    unit: "By",
    description: "The memory budget: when it is used up, mails are answered 503 and transfers are told to wait.",
    labels: [],
  },
  "flowstate.transfer.stall.duration": {
    instrument: "histogram",
    unit: "s",
    description:
      "How long a sealed transfer waited because its window was full: the other side takes chunks too slowly.",
    labels: ["flowstate.peer"],
  },
  "flowstate.retries": {
    instrument: "counter",
    unit: "{retry}",
    description: "Attempts that were made again inside one mail's deadline.",
    labels: ["flowstate.peer"],
  },
  "flowstate.breaker.open": {
    instrument: "updown",
    unit: "{breaker}",
    description: "Circuits that are open: the model is left alone, or so many tenants' ERPs.",
    labels: ["flowstate.peer"],
  },
  "flowstate.ledger.conflicts": {
    instrument: "counter",
    unit: "{conflict}",
    description: "Claims of a document that met another attempt at it, and leases that were lost.",
    labels: ["flowstate.conflict"],
  },
  "flowstate.scrub.duration": {
    instrument: "histogram",
    unit: "s",
    description: "Sweeps of what zeroing cannot reach, after content has left.",
    labels: ["flowstate.scrub.reach"],
  },
  "flowstate.scrub.failures": {
    instrument: "gauge",
    unit: "{scrub}",
    description:
      "How many times since its start a process could not clear what zeroing does not reach. Any is too many.",
    labels: [],
  },
  "flowstate.hardening.active": {
    instrument: "gauge",
    unit: "{measure}",
    description: "1 while the measure holds in this process, else 0.",
    labels: ["flowstate.hardening.measure"],
  },
  "flowstate.events.pending": {
    instrument: "gauge",
    unit: "{event}",
    description: "Events that wait in the stream to be recorded: those not handed out, and those not acknowledged.",
    labels: [],
  },
  "flowstate.events.lag": {
    instrument: "histogram",
    unit: "s",
    description: "From an event's time to when it was recorded.",
    labels: [],
    buckets: RECORDING_SECONDS,
  },
  "gen_ai.client.operation.duration": {
    instrument: "histogram",
    unit: "s",
    description: "Requests to the model.",
    labels: ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "error.type"],
  },
  "gen_ai.client.token.usage": {
    instrument: "histogram",
    unit: "{token}",
    description: "Tokens of each request to the model; every request is paid for.",
    labels: ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.token.type"],
    buckets: TOKENS,
  },
  "http.client.request.duration": {
    instrument: "histogram",
    unit: "s",
    description: "Attempts to deliver to an ERP.",
    labels: ["http.request.method", "http.response.status_code", "error.type"],
  },
  "http.server.request.duration": {
    instrument: "histogram",
    unit: "s",
    description: "Requests to this process, probes included, from their headers to their answer.",
    labels: ["http.request.method", "http.route", "http.response.status_code"],
  },
  "flowstate.alert.active": {
    instrument: "gauge",
    unit: "{alert}",
    description: "1 while the rule has found something wrong, of the tenant if it is a tenant's, else 0.",
    labels: ["flowstate.alert.rule", "flowstate.tenant_id"],
  },
  "flowstate.alert.affected": {
    instrument: "gauge",
    unit: "{item}",
    description: "How many documents, mails or events the alert is about.",
    labels: ["flowstate.alert.rule", "flowstate.tenant_id"],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
/** The metrics that one instrument records. */
export type MetricOf<I extends Instrument> = {
  [N in MetricName]: (typeof METRICS)[N]["instrument"] extends I ? N : never;
}[MetricName];

/** Of a metric, as the table says: for what must not know which one it is. */
export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}
