import { DocumentsTable } from "../components/documents-table.js";
import { FailureNotice } from "../components/failure-notice.js";
import { FilterBar } from "../components/filter-bar.js";
import { Notice } from "../components/notice.js";
import { Summary } from "../components/summary.js";
import { count, counted } from "../format/quantity.js";
import { EVERYTHING, isEverything } from "../list/filter.js";
import { useChanges } from "../list/use-changes.js";
import { html, useEffect, useLayoutEffect, useState } from "../vendor/preact.js";

/** @import { Client } from "../api/client.js" */
/** @import { Session } from "../api/types.js" */
/** @import { DocumentsList } from "../list/documents-list.js" */
/** @import { LiveFeed } from "../live/live-feed.js" */

/** Within this of the top the list may move, because the reader watches it come. */
const AT_TOP_PX = 120;

/**
 * The documents of a tenant, live.
 *
 * @param {object} props
 * @param {Client} props.client
 * @param {Session} props.session
 * @param {string | null} props.tenant
 * @param {LiveFeed} props.feed
 * @param {DocumentsList} props.list
 */
export function DocumentsView({ client, session, tenant, feed, list }) {
  useChanges(list);
  useKeptScroll(list);
  const [watchedSince] = useState(Date.now);
  useEffect(() => {
    document.title = "Documents · Flowstate audit";
  }, []);

  const { rows, waiting, isWaitingCut, filter, failure, isLoading, isComplete } = list;
  const showWaiting = () => {
    scrollTo({ top: 0 });
    list.showWaiting();
  };
  return html`
    <h1 class="for-readers">Documents</h1>
    <${Summary} client=${client} tenant=${tenant} feed=${feed} />
    <${FilterBar} filter=${filter} change=${(/** @type {typeof filter} */ next) => list.setFilter(next)} />
    ${
      waiting.length > 0 &&
      html`
      <button type="button" class="waiting" onClick=${showWaiting}>
        <span aria-hidden="true">↑</span> ${isWaitingCut ? "more than " : ""}${counted(waiting.length, "new document")}
      </button>
    `
    }
    ${
      rows.length > 0 &&
      html`<${DocumentsTable} list=${list} showsTenant=${session.scope === "admin" && tenant === null} watchedSince=${watchedSince} />`
    }
    ${rows.length === 0 && isLoading && html`<${LoadingRows} />`}
    ${rows.length === 0 && isComplete && html`<${NoRows} list=${list} />`}
    ${failure !== undefined && html`<${FailureNotice} failure=${failure} retry=${() => void list.loadMore()} />`}
    ${
      rows.length > 0 &&
      failure === undefined &&
      html`
      <p class="list-end">
        ${isComplete ? `${counted(rows.length, "document")}. That is all.` : `${count(rows.length)} loaded, more as you scroll…`}
      </p>
    `
    }
  `;
}

/** The shape of what is coming. */
function LoadingRows() {
  return html`
    <div class="loading-rows" role="status">
      <span class="for-readers">Loading documents</span>
      ${Array.from({ length: 8 }, () => html`<div class="loading-row" aria-hidden="true"><i></i><i></i><i></i><i></i></div>`)}
    </div>
  `;
}

/**
 * @param {object} props
 * @param {DocumentsList} props.list
 */
function NoRows({ list }) {
  if (!isEverything(list.filter)) {
    const action = { word: "Show all documents", act: () => list.setFilter(EVERYTHING) };
    return html`<${Notice} title="No document is like that" action=${action}>Nothing matches all of what is chosen above.<//>`;
  }
  return html`
    <${Notice} title="No document has come yet">
      Mail a PDF to the tenant’s address. It will appear here the moment it arrives, without a reload.
    <//>
  `;
}

/** Finds the reader's place again when the view comes back, and knows whether they are at the top. @param {DocumentsList} list */
function useKeptScroll(list) {
  useLayoutEffect(() => {
    scrollTo({ top: list.scrollTop });
    const follow = () => {
      list.scrollTop = scrollY;
      list.isAtTop = scrollY < AT_TOP_PX;
      if (list.isAtTop && list.waiting.length > 0) list.showWaiting();
    };
    addEventListener("scroll", follow, { passive: true });
    return () => removeEventListener("scroll", follow);
  }, [list]);
}
