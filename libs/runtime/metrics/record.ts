import { type Meter, metrics } from "@opentelemetry/api";
import { listed } from "../closed-list.ts";
import { type Instrument, METRICS, type MetricName, type MetricOf, metricOf, SECONDS } from "./catalogue.ts";
import { wordsOf } from "./labels.ts";

/** The labels of one metric. What the list of labels does not allow is left out or withheld, whatever the types said. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in (typeof METRICS)[N]["labels"][number]]?: string | number;
};

export interface Measurement<N extends MetricName> {
  readonly value: number;
  readonly labels: LabelsOf<N>;
}

/** Adds to what is counted. `by` may be 0: whoever watches a counter can then tell 0 from silence. */
export function count<N extends MetricOf<"counter">>(name: N, labels: LabelsOf<N>, by = 1): void {
  const counter = instrumentOf(name, "counter", (meter, options) => meter.createCounter(name, options));
  if (Number.isFinite(by)) counter.add(by, labelled(name, labels));
}

/** Adds to, or takes from, how many there are. */
export function shift<N extends MetricOf<"updown">>(name: N, labels: LabelsOf<N>, by: number): void {
  const counter = instrumentOf(name, "updown", (meter, options) => meter.createUpDownCounter(name, options));
  if (Number.isFinite(by)) counter.add(by, labelled(name, labels));
}

/** One value of a distribution, in the metric's unit. */
export function measure<N extends MetricOf<"histogram">>(name: N, value: number, labels: LabelsOf<N>): void {
  const histogram = instrumentOf(name, "histogram", (meter, options) =>
    meter.createHistogram(name, {
      ...options,
      advice: { explicitBucketBoundaries: [...(metricOf(name).buckets ?? SECONDS)] },
    }),
  );
  if (Number.isFinite(value)) histogram.record(value, labelled(name, labels));
}

const MS_PER_S = 1_000;

/** The same of a duration in milliseconds, as everything here measures them. */
export function measureMs<N extends MetricOf<"histogram">>(name: N, milliseconds: number, labels: LabelsOf<N>): void {
  measure(name, milliseconds / MS_PER_S, labels);
}

/**
 * Has `read` asked for the metric's values whenever metrics are exported, until disposed. It must answer from memory: the
 * exporter waits for it. What is no number is not measured. Throws, like all of these, for a name that is not on the list.
 */
export function observe<N extends MetricOf<"gauge">>(name: N, read: () => readonly Measurement<N>[]): Disposable {
  const gauge = instrumentOf(name, "gauge", (meter, options) => meter.createObservableGauge(name, options));
  const report: Parameters<typeof gauge.addCallback>[0] = (result) => {
    for (const { value, labels } of read()) {
      if (Number.isFinite(value)) result.observe(value, labelled(name, labels));
    }
  };
  gauge.addCallback(report);
  return { [Symbol.dispose]: () => gauge.removeCallback(report) };
}

/** A process's memory for content: what is taken of it, and how much there is. */
export function observeMemory(budget: { readonly reservedBytes: number; readonly limitBytes: number }): Disposable {
  const observing = new DisposableStack();
  observing.use(observe("flowstate.memory.usage", () => [{ value: budget.reservedBytes, labels: {} }]));
  observing.use(observe("flowstate.memory.limit", () => [{ value: budget.limitBytes, labels: {} }]));
  return observing;
}

/** The SDK would make an instrument anew each time it is asked for one. */
const made = new WeakMap<Meter, Map<string, unknown>>();

function instrumentOf<T>(
  name: MetricName,
  instrument: Instrument,
  make: (meter: Meter, options: { readonly unit: string; readonly description: string }) => T,
): T {
  if (!Object.hasOwn(METRICS, name) || metricOf(name).instrument !== instrument) {
    throw new Error("a metric that is not on the list");
  }
  // Asked for each time: there is a meter that does nothing until an exporter is started.
  const meter = metrics.getMeter("flowstate");
  const ofMeter = made.get(meter) ?? new Map<string, unknown>();
  made.set(meter, ofMeter);
  const { unit, description } = metricOf(name);
  if (!ofMeter.has(name)) ofMeter.set(name, make(meter, { unit, description }));
  return ofMeter.get(name) as T;
}

const WORDS = new Map(Object.entries(METRICS).map(([name, { labels }]) => [name, wordsOf(labels)]));

function labelled(name: MetricName, labels: object): ReturnType<typeof listed> {
  return listed(WORDS.get(name) ?? {}, labels);
}
