import { ChartCard } from "../charts/chart-card.js";
import { rateSeries, stageSeries, throughputSeries } from "../charts/series.js";
import { FailureNotice } from "../components/failure-notice.js";
import { Notice } from "../components/notice.js";
import { useAnswer } from "../components/use-answer.js";
import { useRefresh } from "../components/use-refresh.js";
import { count, rate } from "../format/quantity.js";
import { html, useEffect, useMemo, useState } from "../vendor/preact.js";
import { STAGES } from "../vocabulary/stages.js";

/** @import { Failure } from "../api/api-error.js" */
/** @import { Client } from "../api/client.js" */
/** @import { Stage, Statistics } from "../api/types.js" */
/** @import { LiveFeed } from "../live/live-feed.js" */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SPANS = [
  { name: "24 hours", ms: DAY_MS, bucket: "hour", bucketMs: HOUR_MS },
  { name: "7 days", ms: 7 * DAY_MS, bucket: "hour", bucketMs: HOUR_MS },
  { name: "30 days", ms: 30 * DAY_MS, bucket: "day", bucketMs: DAY_MS },
  { name: "90 days", ms: 90 * DAY_MS, bucket: "day", bucketMs: DAY_MS },
];
const DAY_SPAN = /** @type {typeof SPANS[number]} */ (SPANS[0]);

/**
 * Throughput, success and speed over time.
 *
 * @param {object} props
 * @param {Client} props.client
 * @param {string | null} props.tenant
 * @param {LiveFeed} props.feed
 */
export function StatisticsView({ client, tenant, feed }) {
  const [span, setSpan] = useState(DAY_SPAN);
  const [chosen, setStage] = useState(/** @type {Stage} */ ("extract"));
  const since = useMemo(
    () => new Date(Math.floor((Date.now() - span.ms) / span.bucketMs + 1) * span.bucketMs).toISOString(),
    [span],
  );
  /** @type {{ answer: Statistics | undefined, failure: Failure | undefined, ask: () => void }} */
  const { answer, failure, ask } = useAnswer(client, "/api/stats", { bucket: span.bucket, since, tenant });
  useRefresh(feed, ask);
  useEffect(() => {
    document.title = "Statistics · Flowstate audit";
    scrollTo({ top: 0 });
  }, []);

  const measured = STAGES.filter(({ stage }) => answer?.buckets.some(({ stages }) => (stages[stage]?.count ?? 0) > 0));
  // A stage that was chosen and has nothing to show in this time gives way to the first that has.
  const stage = (measured.find((each) => each.stage === chosen) ?? measured[0])?.stage;

  return html`
    <div class="statistics">
      <header class="view-head">
        <h1>Statistics</h1>
        <div class="choices" role="group" aria-label="Time">
          ${SPANS.map(
            (each) => html`
              <button type="button" class="chip" aria-pressed=${each === span} onClick=${() => setSpan(each)}>${each.name}</button>
            `,
          )}
        </div>
      </header>
      ${failure !== undefined && answer === undefined && html`<${FailureNotice} failure=${failure} retry=${ask} />`}
      ${answer === undefined && failure === undefined && html`<${LoadingCharts} />`}
      ${
        answer?.totals.documents === 0 &&
        html`<${Notice} title="Nothing happened in this time">Choose a longer one, or wait for the first mail.<//>`
      }
      ${
        answer !== undefined &&
        answer.totals.documents > 0 &&
        html`
        <${ChartCard}
          title="Documents per ${span.bucket}"
          note="${count(answer.totals.documents)} in all, by what has become of them"
          chart=${throughputSeries(answer.buckets)}
          bucket=${span.bucket}
        />
        <${ChartCard}
          title="Success rate"
          note="${rate(answer.totals.success_rate)} of those that have come to an end were delivered"
          chart=${rateSeries(answer.buckets)}
          bucket=${span.bucket}
        />
        ${
          stage !== undefined &&
          html`
          <${ChartCard}
            title="Time in a stage"
            note="half of all took less than p50, one in a hundred longer than p99"
            chart=${stageSeries(answer.buckets, stage)}
            bucket=${span.bucket}
          >
            <div class="choices" role="group" aria-label="Stage">
              ${measured.map(
                (each) => html`
                  <button type="button" class="chip" aria-pressed=${each.stage === stage} onClick=${() => setStage(each.stage)}>
                    ${each.word}
                  </button>
                `,
              )}
            </div>
          <//>
        `
        }
      `
      }
    </div>
  `;
}

function LoadingCharts() {
  return html`
    <div role="status">
      <span class="for-readers">Loading statistics</span>
      ${Array.from({ length: 3 }, () => html`<div class="loading-block loading-block-tall" aria-hidden="true"></div>`)}
    </div>
  `;
}
