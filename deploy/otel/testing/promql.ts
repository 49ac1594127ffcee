import { parser } from "@prometheus-io/lezer-promql";

/** One `label="value"` of a selector. */
interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** What a query asks for. */
export interface Query {
  readonly selectors: readonly { readonly name: string; readonly matchers: readonly Matcher[] }[];
  /** Labels that results are grouped, joined or counted by. */
  readonly grouping: readonly string[];
}

/** What Grafana puts in place of its own variable: any duration. */
const RATE_INTERVAL = /\$__rate_interval/g;

/** Reads a query by Prometheus' own grammar. Throws where it has a fault. */
export function readQuery(text: string): Query {
  const query = text.replaceAll(RATE_INTERVAL, "1m");
  const selectors: { name: string; matchers: Matcher[] }[] = [];
  const grouping: string[] = [];
  parser.parse(query).iterate({
    enter({ type, name, from, to, node }) {
      const said = query.slice(from, to);
      if (type.isError) throw new Error(`no PromQL, at ${from}: ${query}`);
      if (name === "VectorSelector") selectors.push({ name: /^[\w:]+/.exec(said)?.[0] ?? "", matchers: [] });
      if (name === "UnquotedLabelMatcher") selectors.at(-1)?.matchers.push(matcherOf(said));
      if (name === "LabelName" && node.parent?.name === "GroupingLabels") grouping.push(said);
    },
  });
  return { selectors, grouping };
}

function matcherOf(said: string): Matcher {
  const [, label, operator, value] = /^(\w+)\s*(=~|!~|!=|=)\s*(".*")$/s.exec(said) ?? [];
  if (label === undefined || operator === undefined || value === undefined) throw new Error(`no matcher: ${said}`);
  // A PromQL string's escapes are those of JSON, as far as any is used here.
  return { label, operator, value: String(JSON.parse(value)) };
}
