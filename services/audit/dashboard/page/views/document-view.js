import { EventLog } from "../components/event-log.js";
import { Facts } from "../components/facts.js";
import { FailureNotice } from "../components/failure-notice.js";
import { Life } from "../components/life.js";
import { StatusMark } from "../components/status-mark.js";
import { useAnswer } from "../components/use-answer.js";
import { dayAndMinute } from "../format/time.js";
import { html, useEffect, useRef } from "../vendor/preact.js";
import { CODE_MEANINGS } from "../vocabulary/codes.js";
import { STATUSES } from "../vocabulary/statuses.js";

/** @import { Client } from "../api/client.js" */
/** @import { DocumentDetails, DocumentRow, Session } from "../api/types.js" */
/** @import { LiveFeed } from "../live/live-feed.js" */

/**
 * One document: where it stands, where its bytes were, what was recorded of it.
 *
 * @param {object} props
 * @param {Client} props.client
 * @param {Session} props.session
 * @param {LiveFeed} props.feed
 * @param {string} props.id
 */
export function DocumentView({ client, session, feed, id }) {
  /** @type {{ answer: DocumentDetails | undefined, failure: import("../api/api-error.js").Failure | undefined, ask: () => void }} */
  const { answer, failure, ask } = useAnswer(client, `/api/documents/${id}`);
  useEffect(() => feed.subscribe(({ event }) => event.data.document_id === id && ask()), [feed, id]);
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  useEffect(() => {
    document.title = `Document ${id.slice(0, 8)} · Flowstate audit`;
    scrollTo({ top: 0 });
    heading.current?.focus({ preventScroll: true });
  }, [id]);

  return html`
    <article class="document">
      <a class="back" href="#/documents"><span aria-hidden="true">←</span> All documents</a>
      <h1 class="document-title" ref=${heading} tabindex="-1">Document <code>${id}</code></h1>
      ${failure !== undefined && answer === undefined && html`<${FailureNotice} failure=${failure} retry=${ask} />`}
      ${answer === undefined && failure === undefined && html`<${LoadingDocument} />`}
      ${
        answer !== undefined &&
        html`
        <${Standing} document=${answer.document} />
        <${Life} details=${answer} />
        <div class="document-below">
          <${EventLog} events=${answer.events} />
          <${Facts} document=${answer.document} traceTemplate=${session.trace_url_template} />
        </div>
      `
      }
    </article>
  `;
}

/**
 * @param {object} props
 * @param {DocumentRow} props.document
 */
function Standing({ document }) {
  const { status, status_at, code } = document;
  return html`
    <p class="standing">
      <${StatusMark} status=${status} />
      <span>${code === null ? meaningOf(document) : CODE_MEANINGS[code]}</span>
      ${code !== null && html`<code class="standing-code">${code}</code>`}
      <span class="faint">since <time datetime=${status_at} title=${status_at}>${dayAndMinute(status_at)}</time></span>
    </p>
  `;
}

/** @param {DocumentRow} document */
function meaningOf({ status, erp_http_status }) {
  // Of an upload whose extraction was the answer, no ERP was asked.
  if (status === "delivered" && erp_http_status === null) return "Its JSON was the answer to its caller.";
  return STATUSES[status].meaning;
}

function LoadingDocument() {
  return html`
    <div role="status" class="loading-document">
      <span class="for-readers">Loading the document</span>
      <div class="loading-block" aria-hidden="true"></div>
      <div class="loading-block loading-block-tall" aria-hidden="true"></div>
    </div>
  `;
}
