// Real: the alert rules, the dashboard, Prometheus' own grammar of queries, the code's table of metrics and labels. That a
// running stack emits what is asked for is deploy/local/e2e/one-mail.e2e.test.ts.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LABELS, type LabelName, METRICS, type MetricName, metricOf, SECONDS } from "../../libs/runtime/index.ts";
import { prometheusNameOf, prometheusSeriesOf } from "./prometheus-name.ts";
import { readQuery } from "./testing/promql.ts";
import { readPanels, readQueries, readRules } from "./testing/read-otel-files.ts";

const NAMES = Object.keys(METRICS) as MetricName[];
const METRIC_OF_SERIES = new Map(NAMES.flatMap((name) => prometheusSeriesOf(name).map((series) => [series, name])));
const RECORDED = new Set(readRules().flatMap((rule) => ("record" in rule ? [rule.record] : [])));
/** Whose a series is: Prometheus makes them of the resource. */
const OF_RESOURCE = ["job", "instance"];
const JOBS = ["ingest", "extractor", "erp-pusher", "audit"].map((service) => `flowstate/${service}`);

const labelOf = new Map((Object.keys(LABELS) as LabelName[]).map((name) => [name.replaceAll(".", "_"), LABELS[name]]));

/** The labels of a series, as Prometheus shows them. */
function labelsOf(name: MetricName): readonly string[] {
  const own = metricOf(name).labels.map((label) => label.replaceAll(".", "_"));
  return [...own, ...OF_RESOURCE, ...(metricOf(name).instrument === "histogram" ? ["le"] : [])];
}

/** The values that a label can have, where they are known. */
function valuesOf(name: MetricName, label: string): readonly string[] | undefined {
  if (label === "job") return JOBS;
  if (label === "le") return (metricOf(name).buckets ?? SECONDS).flatMap((bound) => [`${bound}`, `${bound}.0`]);
  const known = labelOf.get(label);
  return known !== undefined && "values" in known ? known.values : undefined;
}

const QUERIES = readQueries();

describe("a metric's name in Prometheus", () => {
  it.each<[MetricName, string]>([
    ["flowstate.mails", "flowstate_mails_total"],
    ["flowstate.memory.usage", "flowstate_memory_usage_bytes"],
    ["flowstate.breaker.open", "flowstate_breaker_open"],
    ["flowstate.events.pending", "flowstate_events_pending"],
    ["http.server.request.duration", "http_server_request_duration_seconds"],
    ["gen_ai.client.token.usage", "gen_ai_client_token_usage"],
  ])("of %s is %s", (name, expected) => {
    expect(prometheusNameOf(name)).toBe(expected);
  });

  it("is no other metric's", () => {
    expect(METRIC_OF_SERIES.size).toBe(NAMES.flatMap(prometheusSeriesOf).length);
  });
});

describe("a query of an alert rule or a panel", () => {
  it.each(QUERIES)("$of asks for what the code records, by labels and values that it can have", ({ text }) => {
    const { selectors, grouping } = readQuery(text);
    expect(selectors.length).toBeGreaterThan(0);
    const known = new Set<string>();
    for (const { name, matchers } of selectors) {
      const metric = METRIC_OF_SERIES.get(name);
      expect(metric !== undefined || RECORDED.has(name), `${name} is recorded`).toBe(true);
      if (metric === undefined) continue;
      for (const label of labelsOf(metric)) known.add(label);
      for (const { label, operator, value } of matchers) {
        expect(labelsOf(metric)).toContain(label);
        const values = valuesOf(metric, label);
        const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`) : undefined;
        if (values === undefined || value === "") continue;
        expect(
          values.some((each) => pattern?.test(each) ?? each === value),
          `${label} is ever ${value}`,
        ).toBe(true);
        for (const alternative of pattern === undefined ? [] : value.split("|")) {
          expect(
            values.some((each) => new RegExp(`^(?:${alternative})$`).test(each)),
            alternative,
          ).toBe(true);
        }
      }
    }
    for (const label of grouping) expect([...known]).toContain(label);
  });

  it("is refused where it is none", () => {
    for (const text of ["sum(", "rate(a[)", "a{b=c}", "a b"]) expect(() => readQuery(text)).toThrow(/^no /);
  });
});

describe("the alerts", () => {
  const alerts = readRules().flatMap((rule) => ("alert" in rule ? [rule] : []));

  it("use every ratio that is recorded, and no window is recorded in vain", () => {
    const asked = new Set(alerts.flatMap(({ expr }) => readQuery(expr).selectors.map(({ name }) => name)));
    expect([...RECORDED].filter((name) => !asked.has(name))).toEqual([]);
  });

  it("name a page and a place in it that are there", () => {
    for (const { annotations } of alerts) {
      const [page = "", place = ""] = annotations.runbook.split("#");
      const file = new URL(`../../${page}`, import.meta.url);
      expect(existsSync(file), page).toBe(true);
      const places = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
      expect([...places].map(([, title = ""]) => title.toLowerCase().replaceAll(/[^\w]+/g, "-"))).toContain(place);
    }
  });

  it("are each on the page of objectives", () => {
    const page = readFileSync(new URL("../../docs/operations/slo.md", import.meta.url), "utf8");
    for (const { alert } of alerts) expect(page).toContain(`\`${alert}\``);
  });

  it("do not wait for a rate of 0 where there may be no series: that of what has never happened is none", () => {
    const RATE_OF_NOTHING = /\b(?:rate|increase)\([^)]*\)\)* == 0/;
    expect("sum(rate(a_total[5m])) == 0").toMatch(RATE_OF_NOTHING);
    expect("(sum(rate(a_total[5m])) or vector(0)) == 0").not.toMatch(RATE_OF_NOTHING);
    expect(alerts.filter(({ expr }) => RATE_OF_NOTHING.test(expr))).toEqual([]);
  });

  it("go by objectives that are bounds of buckets, so that they are measured exactly", () => {
    expect(SECONDS).toContain(1);
    expect(METRICS["flowstate.events.lag"].buckets).toContain(10);
  });
});

describe("the dashboard", () => {
  it("shows every metric", () => {
    const shown = readPanels().flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => readQuery(expr).selectors.map(({ name }) => METRIC_OF_SERIES.get(name))),
    );
    expect(NAMES.filter((name) => !shown.includes(name))).toEqual([]);
  });
});
