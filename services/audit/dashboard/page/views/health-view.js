import { FailureNotice } from "../components/failure-notice.js";
import { AlertsCard } from "../components/health/alerts-card.js";
import { ProjectionsCard } from "../components/health/projections-card.js";
import { HeadsTable, RejectedTable } from "../components/health/record-tables.js";
import { RecordingCard } from "../components/health/recording-card.js";
import { RetentionCard } from "../components/health/retention-card.js";
import { PlansTable } from "../components/plans-table.js";
import { useAnswer } from "../components/use-answer.js";
import { useRefresh } from "../components/use-refresh.js";
import { html, useEffect } from "../vendor/preact.js";

/** @import { Failure } from "../api/api-error.js" */
/** @import { Client } from "../api/client.js" */
/** @import { AuditStatus, Session } from "../api/types.js" */
/** @import { LiveFeed } from "../live/live-feed.js" */

/** What does not come with an event, such as a rebuild's progress, is asked for this often. */
const ASK_EVERY_MS = 10_000;

/**
 * How audit itself is, for operators.
 *
 * @param {object} props
 * @param {Client} props.client
 * @param {Session} props.session
 * @param {LiveFeed} props.feed
 */
export function HealthView({ client, session, feed }) {
  /** @type {{ answer: AuditStatus | undefined, failure: Failure | undefined, ask: () => void }} */
  const { answer, failure, ask } = useAnswer(client, "/admin/status");
  useRefresh(feed, ask);
  useEffect(() => {
    document.title = "Health · Flowstate audit";
    scrollTo({ top: 0 });
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`
    <div class="health">
      <header class="view-head"><h1>Health</h1></header>
      ${failure !== undefined && answer === undefined && html`<${FailureNotice} failure=${failure} retry=${ask} />`}
      <div class="health-grid">
        ${
          answer !== undefined &&
          html`
            <${AlertsCard} alerts=${answer.alerts} />
            <${RecordingCard} recording=${answer.recording} />
            <${ProjectionsCard} projections=${answer.projections} />
            <${RetentionCard} run=${answer.last_retention} />
            <${HeadsTable} heads=${answer.heads} />
            <${RejectedTable} rejected=${answer.rejected} />
          `
        }
        <section class="card health-wide" aria-labelledby="plans-title">
          <h2 id="plans-title">Tenants and plans</h2>
          <${PlansTable} tenants=${session.tenants} />
        </section>
      </div>
    </div>
  `;
}
