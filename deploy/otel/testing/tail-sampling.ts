import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

/** Of a span, what the policies look at. */
export interface SampledSpan {
  readonly failed: boolean;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const policySchema = z.discriminatedUnion("type", [
  z.strictObject({
    name: z.string(),
    type: z.literal("status_code"),
    status_code: z.strictObject({ status_codes: z.tuple([z.literal("ERROR")]) }),
  }),
  z.strictObject({
    name: z.string(),
    type: z.literal("string_attribute"),
    string_attribute: z.strictObject({ key: z.string(), values: z.array(z.string()) }),
  }),
  z.strictObject({
    name: z.string(),
    type: z.literal("numeric_attribute"),
    numeric_attribute: z.strictObject({ key: z.string(), min_value: z.int(), max_value: z.int() }),
  }),
  z.strictObject({
    name: z.string(),
    type: z.literal("latency"),
    latency: z.strictObject({ threshold_ms: z.int() }),
  }),
  z.strictObject({
    name: z.string(),
    type: z.literal("probabilistic"),
    probabilistic: z.strictObject({ sampling_percentage: z.string() }),
  }),
]);
export type Policy = z.infer<typeof policySchema>;

const collectorSchema = z.looseObject({
  processors: z.looseObject({
    tail_sampling: z.looseObject({ policies: z.array(policySchema) }),
  }),
  service: z.looseObject({
    pipelines: z.looseObject({ traces: z.looseObject({ processors: z.array(z.string()) }) }),
  }),
});

/** The collector's configuration, as far as it decides which traces are kept. */
export function readSampling() {
  const file = readFileSync(new URL("../collector.yaml", import.meta.url), "utf8");
  const { processors, service } = collectorSchema.parse(parse(file));
  return { ...processors.tail_sampling, pipeline: service.pipelines.traces.processors };
}

/**
 * The policies that keep a trace, but for chance: it is kept when any of them says so. Written from the documentation of the
 * collector's tail_sampling processor; a latency is that of the whole trace, which its longest span stands for here.
 */
export function keptBy(policies: readonly Policy[], spans: readonly SampledSpan[]): readonly string[] {
  return policies.filter((policy) => spans.some((span) => matches(policy, span))).map(({ name }) => name);
}

function matches(policy: Policy, { failed, durationMs, attributes }: SampledSpan): boolean {
  switch (policy.type) {
    case "status_code":
      return failed;
    case "string_attribute": {
      const { key, values } = policy.string_attribute;
      return values.some((value) => value === attributes[key]);
    }
    case "numeric_attribute": {
      const { key, min_value: min, max_value: max } = policy.numeric_attribute;
      const value = Number(attributes[key] ?? Number.NaN);
      return value >= min && value <= max;
    }
    case "latency":
      return durationMs >= policy.latency.threshold_ms;
    case "probabilistic":
      return false;
  }
}
