import { Announcer } from "../components/announcer.js";
import { AwayNotice } from "../components/away-notice.js";
import { TopBar } from "../components/top-bar.js";
import { DocumentsList } from "../list/documents-list.js";
import { LiveFeed } from "../live/live-feed.js";
import { html, useEffect, useMemo, useReducer, useState } from "../vendor/preact.js";
import { DocumentView } from "./document-view.js";
import { DocumentsView } from "./documents-view.js";
import { HealthView } from "./health-view.js";
import { NotStoredView } from "./not-stored-view.js";
import { useRoute } from "./route.js";
import { StatisticsView } from "./statistics-view.js";

/** @import { Client } from "../api/client.js" */
/** @import { Session } from "../api/types.js" */

/**
 * Everything that a key opens: one live feed and one list of documents, which outlive the views that show them.
 *
 * @param {object} props
 * @param {Client} props.client
 * @param {Session} props.session
 * @param {(why: "refused" | "left") => void} props.leave
 */
export function SignedIn({ client, session, leave }) {
  const route = useRoute();
  const [tenant, setTenant] = useState(session.scope === "admin" ? null : session.tenant);
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  // Only an admin's requests name a tenant: a tenant's key has one.
  const asked = session.scope === "admin" ? tenant : null;

  const feed = useMemo(
    () => new LiveFeed({ client, tenant: asked, onState: () => redraw(0), onRefused: () => leave("refused") }),
    [client, asked],
  );
  useEffect(() => () => feed.stop(), [feed]);

  const list = useMemo(() => new DocumentsList(client, asked), [client, asked]);
  useEffect(() => feed.subscribe(({ document }) => document !== null && list.take(document)), [feed, list]);
  // A page that has no stream asks each time that it tries for one.
  const isAnswered = feed.state.kind === "live" || feed.state.kind === "crowded";
  useEffect(() => void (isAnswered && list.catchUp()), [feed.state, list]);

  const context = { client, session, tenant: asked, feed };
  return html`
    <a class="skip" href="#content" onClick=${skipToContent}>Skip to the content</a>
    <${TopBar}
      session=${session}
      tenant=${tenant}
      view=${route.view}
      state=${feed.state}
      chooseTenant=${setTenant}
      signOut=${() => leave("left")}
    />
    <${AwayNotice} state=${feed.state} retryNow=${() => feed.retryNow()} />
    <main id="content" tabindex="-1">
      ${route.view === "documents" && html`<${DocumentsView} ...${context} list=${list} />`}
      ${route.view === "document" && html`<${DocumentView} key=${route.id} ...${context} id=${route.id} />`}
      ${route.view === "statistics" && html`<${StatisticsView} ...${context} />`}
      ${route.view === "health" && html`<${HealthView} ...${context} />`}
      ${route.view === "not-stored" && html`<${NotStoredView} session=${session} />`}
    </main>
    <${Announcer} feed=${feed} />
  `;
}

/** The address is the route, so a jump to an element must not change it. @param {Event} event */
function skipToContent(event) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
