import { count } from "../../format/quantity.js";
import { dayAndMinute } from "../../format/time.js";
import { html } from "../../vendor/preact.js";
import { documentAddress } from "../../views/route.js";
import { ALERT_MEANINGS } from "../../vocabulary/alert-rules.js";
import { CODE_MEANINGS } from "../../vocabulary/codes.js";
import { NOBODY } from "./nobody.js";

/** @import { Alert } from "../../api/types.js" */

/**
 * What is wrong now, and below it what was until a moment ago.
 *
 * @param {object} props
 * @param {readonly Alert[]} props.alerts
 */
export function AlertsCard({ alerts }) {
  const open = alerts.filter(({ quiet_since }) => quiet_since === null);
  const quiet = alerts.filter(({ quiet_since }) => quiet_since !== null);
  return html`
    <section class="card health-wide ${open.length > 0 ? "alerts-open" : ""}" aria-label="Alerts">
      <h2>${open.length > 0 ? "Something is wrong" : "Nothing is wrong"}</h2>
      ${
        open.length === 0 &&
        html`<p class="health-note">Audit looks every 30 seconds, and says here what needs somebody.</p>`
      }
      ${alerts.length > 0 && html`<ul class="alerts">${[...open, ...quiet].map((alert) => html`<${AlertItem} alert=${alert} />`)}</ul>`}
    </section>
  `;
}

/**
 * @param {object} props
 * @param {Alert} props.alert
 */
function AlertItem({ alert }) {
  const { rule, tenant_id, affected, code, document_id, opened_at, quiet_since, told_at } = alert;
  return html`
    <li class="alert ${quiet_since === null ? "" : "alert-quiet"}">
      <p><strong>${ALERT_MEANINGS[rule] ?? rule}</strong></p>
      <p class="alert-facts">
        <code>${rule}</code>
        <span>${tenant_id === NOBODY ? "of no tenant" : tenant_id}</span>
        <span>${count(affected)} affected</span>
        ${code !== null && html`<code title=${CODE_MEANINGS[code]}>${code}</code>`}
        ${document_id !== null && html`<a href=${documentAddress(document_id)}>The latest document</a>`}
      </p>
      <p class="alert-facts faint">
        <span>Since ${dayAndMinute(opened_at)}</span>
        ${quiet_since !== null && html`<span>quiet since ${dayAndMinute(quiet_since)}</span>`}
        <span>${told_at === null ? "nobody was told" : `told ${dayAndMinute(told_at)}`}</span>
      </p>
    </li>
  `;
}
