import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

const ruleSchema = z.union([
  z.strictObject({ record: z.string(), expr: z.string() }),
  z.strictObject({
    alert: z.string(),
    expr: z.string(),
    for: z.string().optional(),
    labels: z.strictObject({ severity: z.enum(["page", "ticket"]), window: z.string().optional() }),
    annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
  }),
]);
const rulesSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema).min(1) })).min(1),
});
export type Rule = z.infer<typeof ruleSchema>;

/** `alerts.yaml`, as Prometheus reads it. */
export function readRules(): readonly Rule[] {
  return rulesSchema.parse(parse(read("alerts.yaml"))).groups.flatMap(({ rules }) => rules);
}

const dashboardSchema = z.looseObject({
  panels: z.array(
    z.looseObject({
      type: z.enum(["row", "stat", "timeseries"]),
      title: z.string(),
      targets: z.array(z.looseObject({ expr: z.string() })).optional(),
    }),
  ),
});
export type Panel = z.infer<typeof dashboardSchema>["panels"][number];

/** The panels of the dashboard. */
export function readPanels(): readonly Panel[] {
  return dashboardSchema.parse(JSON.parse(read("dashboards/flowstate.json"))).panels;
}

/** Every query that a rule or a panel asks, with who asks it. */
export function readQueries(): readonly { readonly of: string; readonly text: string }[] {
  return [
    ...readRules().map((rule) => ({ of: "alert" in rule ? rule.alert : rule.record, text: rule.expr })),
    ...readPanels().flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, text: expr }))),
  ];
}
