import { duration } from "../format/duration.js";
import { count, rate } from "../format/quantity.js";
import { html, useMemo } from "../vendor/preact.js";
import { useAnswer } from "./use-answer.js";
import { useRefresh } from "./use-refresh.js";

/** @import { Client } from "../api/client.js" */
/** @import { Statistics, StatisticsBucket, Status } from "../api/types.js" */
/** @import { LiveFeed } from "../live/live-feed.js" */

const DAY_MS = 86_400_000;
/** The first bucket is a whole hour. */
const HOUR_MS = 3_600_000;

/** @type {readonly Status[]} */
const FAILED = ["refused", "invalid", "undeliverable"];

/**
 * The last day in a line of figures, each with how it came about hour by hour.
 *
 * @param {object} props
 * @param {Client} props.client
 * @param {string | null} props.tenant
 * @param {LiveFeed} props.feed
 */
export function Summary({ client, tenant, feed }) {
  const since = useMemo(() => new Date(Math.floor((Date.now() - DAY_MS) / HOUR_MS + 1) * HOUR_MS).toISOString(), []);
  /** @type {{ answer: Statistics | undefined, ask: () => void }} */
  const { answer, ask } = useAnswer(client, "/api/stats", { bucket: "hour", since, tenant });
  useRefresh(feed, ask);

  const buckets = answer?.buckets ?? [];
  /** @param {readonly Status[]} statuses */
  const sumOf =
    (statuses) =>
    (/** @type {{ by_status: Partial<Record<Status, number>> }} */ { by_status }) =>
      statuses.reduce((sum, status) => sum + (by_status[status] ?? 0), 0);
  const slowest = Math.max(0, ...buckets.map(({ stages }) => stages.extract?.p95_ms ?? 0));
  const failed = sumOf(FAILED);
  const held = sumOf(["deferred"]);
  return html`
    <section class="summary" aria-label="The last 24 hours">
      <${Figure} word="Documents, 24 h" value=${answer && count(answer.totals.documents)} trend=${buckets.map(({ documents }) => documents)} />
      <${Figure} word="Success rate" value=${answer && rate(answer.totals.success_rate)} trend=${buckets.map(deliveredOf)} tone="good" />
      <${Figure} word="Final failures" value=${answer && count(failed(answer.totals))} trend=${buckets.map(failed)} tone="bad" />
      <${Figure} word="Held by senders" value=${answer && count(held(answer.totals))} trend=${buckets.map(held)} tone="held" />
      <${Figure}
        word="Extract p95, worst hour"
        value=${answer && (slowest === 0 ? "–" : duration(slowest))}
        trend=${buckets.map(({ stages }) => stages.extract?.p95_ms ?? 0)}
      />
    </section>
  `;
}

/** @param {StatisticsBucket} bucket */
function deliveredOf({ by_status }) {
  return by_status.delivered ?? 0;
}

/**
 * @param {object} props
 * @param {string} props.word
 * @param {string | undefined} props.value undefined while it is being asked for
 * @param {readonly number[]} props.trend one number for each hour
 * @param {string} [props.tone]
 */
function Figure({ word, value, trend, tone = "plain" }) {
  const highest = Math.max(1, ...trend);
  return html`
    <div class="figure">
      <span class="figure-word">${word}</span>
      <span class="figure-value">${value ?? html`<span class="figure-blank" aria-hidden="true"></span>`}</span>
      <span class="trend trend-${tone}" aria-hidden="true">
        ${trend.map((number) => html`<i style=${{ height: `${number === 0 ? 0 : Math.max(8, (number / highest) * 100)}%` }}></i>`)}
      </span>
    </div>
  `;
}
