import { html } from "../vendor/preact.js";
import { FeedMark } from "./feed-mark.js";
import { Wordmark } from "./wordmark.js";

/** @import { Session } from "../api/types.js" */
/** @import { FeedState } from "../live/live-feed.js" */

/** @type {readonly { view: string, word: string, adminOnly?: boolean, within?: string }[]} */
const VIEWS = [
  { view: "documents", word: "Documents", within: "document" },
  { view: "statistics", word: "Statistics" },
  { view: "health", word: "Health", adminOnly: true },
  { view: "not-stored", word: "Not stored" },
];

/**
 * Where one is, whose documents these are, and whether what is shown is live.
 *
 * @param {object} props
 * @param {Session} props.session
 * @param {string | null} props.tenant
 * @param {string} props.view
 * @param {FeedState} props.state
 * @param {(tenant: string | null) => void} props.chooseTenant
 * @param {() => void} props.signOut
 */
export function TopBar({ session, tenant, view, state, chooseTenant, signOut }) {
  const isAdmin = session.scope === "admin";
  return html`
    <header class="top">
      <div class="top-inner">
        <${Wordmark} />
        <nav class="views" aria-label="Views">
          ${VIEWS.filter(({ adminOnly }) => isAdmin || adminOnly !== true).map(
            ({ view: name, word, within }) => html`
              <a href="#/${name}" aria-current=${view === name || view === within ? "page" : undefined}>${word}</a>
            `,
          )}
        </nav>
        <div class="top-side">
          <${FeedMark} state=${state} />
          ${
            isAdmin
              ? html`<${TenantChooser} session=${session} tenant=${tenant} choose=${chooseTenant} />`
              : html`<span class="tenant" title="The tenant of this key">${session.tenant}</span>`
          }
          <button type="button" class="button button-quiet" onClick=${signOut}>Sign out</button>
        </div>
      </div>
    </header>
  `;
}

/**
 * @param {object} props
 * @param {Session} props.session
 * @param {string | null} props.tenant
 * @param {(tenant: string | null) => void} props.choose
 */
function TenantChooser({ session, tenant, choose }) {
  /** @param {Event & { currentTarget: HTMLSelectElement }} event */
  const change = ({ currentTarget }) => choose(currentTarget.value === "" ? null : currentTarget.value);
  return html`
    <select class="field field-small" aria-label="Tenant" value=${tenant ?? ""} onChange=${change}>
      <option value="">All tenants</option>
      ${session.tenants.map(({ id }) => html`<option value=${id}>${id}</option>`)}
    </select>
  `;
}
