import { duration } from "../format/duration.js";
import { exactBytes } from "../format/quantity.js";
import { preciseTime } from "../format/time.js";
import { html } from "../vendor/preact.js";
import { EVENT_WORDS } from "../vocabulary/events.js";

/** @import { EventData, EventView } from "../api/types.js" */

/** Of what stands above the log already, or is said in the line itself. */
const LEFT_OUT = ["tenant_id", "mail_id", "document_id", "sender_email", "duration_ms", "wiped_bytes"];

/**
 * What was recorded, oldest first.
 *
 * @param {object} props
 * @param {readonly EventView[]} props.events
 */
export function EventLog({ events }) {
  const begin = Date.parse(events[0]?.time ?? "");
  return html`
    <section class="card" aria-labelledby="log-title">
      <h2 id="log-title">What was recorded</h2>
      <ol class="log">
        ${events.map(
          ({ id, type, time, data }) => html`
            <li key=${id}>
              <span class="log-time">
                <time datetime=${time} title=${time}>${preciseTime(time)}</time>
                <span class="faint">+${duration(Date.parse(time) - begin)}</span>
              </span>
              <span class="log-event">
                <strong>${EVENT_WORDS[type] ?? type}</strong>
                ${data.duration_ms !== undefined && html` after ${duration(data.duration_ms)}`}
                ${data.wiped_bytes && html`<${Wiped} wiped=${data.wiped_bytes} />`}
                <span class="log-facts">
                  ${Object.entries(data)
                    .filter(([name]) => !LEFT_OUT.includes(name))
                    .map(([name, value]) => html`<span class="fact"><span>${name}</span> ${String(value)}</span>`)}
                </span>
              </span>
            </li>
          `,
        )}
      </ol>
    </section>
  `;
}

/**
 * @param {object} props
 * @param {NonNullable<EventData["wiped_bytes"]>} props.wiped
 */
function Wiped({ wiped }) {
  return html`
    <span class="log-facts">
      ${Object.entries(wiped).map(([service, bytes]) => html`<span class="fact"><span>${service}</span> ${exactBytes(bytes)}</span>`)}
    </span>
  `;
}
