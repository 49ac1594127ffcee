import { LABELS, type LabelName, METRICS, type MetricName, metricOf } from "../../libs/runtime/index.ts";
import { prometheusNameOf } from "../otel/prometheus-name.ts";

/** `docs/operations/metrics.md`: every metric and every label, as OpenTelemetry and as Prometheus name them. */
export function metricsPage(): string {
  const names = Object.keys(METRICS) as MetricName[];
  const labels = Object.keys(LABELS) as LabelName[];
  return `# Metrics

Generated from \`libs/runtime/metrics\` by \`npm run generate\`; a test fails when it is stale.

Every process exports these over OTLP/HTTP every 15 seconds when \`OTEL_EXPORTER_OTLP_ENDPOINT\` is set, and once more when it
stops; otherwise nothing is recorded. Each series says whose it is by the resource: \`service.namespace\` is \`flowstate\`,
\`service.name\` the service, \`service.instance.id\` a random id of the process. Prometheus shows them as \`job\`
(\`flowstate/ingest\`) and \`instance\`. Nothing about the machine is detected and sent.

There is no label whose values a sender could choose. A tenant is a label of
audit's own alerts only, where the alert is about that one; elsewhere a series for each would outlive it. Who asks for one
tenant asks the audit API.

| metric | in Prometheus | instrument | unit | meaning | labels |
|---|---|---|---|---|---|
${names.map(metricRow).join("\n")}

A histogram has the three series \`_bucket\`, \`_sum\` and \`_count\` in Prometheus. Its buckets reach from 5 ms to 90 s, those of
\`flowstate.events.lag\` from 100 ms to a day.

## Labels

What is not of its label's list is withheld.

| label | in Prometheus | values | meaning |
|---|---|---|---|
${labels.map(labelRow).join("\n")}
`;
}

function metricRow(name: MetricName): string {
  const { instrument, unit, description, labels } = metricOf(name);
  const named = labels.length === 0 ? "–" : labels.map((label) => `\`${label}\``).join(", ");
  return `| \`${name}\` | \`${prometheusNameOf(name)}\` | ${instrument} | \`${unit}\` | ${description} | ${named} |`;
}

/** More values than this are a list that has a page of its own. */
const MAX_VALUES_SHOWN = 8;

function labelRow(name: LabelName): string {
  const label = LABELS[name];
  const values = "values" in label && label.values.length <= MAX_VALUES_SHOWN ? label.values : [];
  const shown = values.length === 0 ? "–" : values.map((value) => `\`${value}\``).join(", ");
  return `| \`${name}\` | \`${name.replaceAll(".", "_")}\` | ${shown} | ${label.description} |`;
}
