import { count } from "../../format/quantity.js";
import { dayAndMinute } from "../../format/time.js";
import { html } from "../../vendor/preact.js";
import { NOBODY } from "./nobody.js";

/** @import { ComponentChildren } from "../../vendor/preact.js" */
/** @import { RejectedMessage, SegmentHead } from "../../api/types.js" */

/** A digest is recognised by its beginning; the whole one is in the title. */
const DIGEST_SHOWN = 16;

/**
 * The newest signed heads: what one compares with what one keeps elsewhere.
 *
 * @param {object} props
 * @param {readonly SegmentHead[]} props.heads
 */
export function HeadsTable({ heads }) {
  return html`
    <${WideTable}
      title="Chain heads"
      note="Each day of a tenant is a chain of digests, signed with every batch. npm run audit -- verify checks all of it."
      columns=${["Tenant", "Day", "Events", "Digest", "Signed by"]}
      rows=${heads.map(({ tenant_id, day, event_count, digest, key_id }) => [
        tenant_id === NOBODY ? "of no tenant" : tenant_id,
        day,
        count(event_count),
        html`<code title=${digest}>${digest.slice(0, DIGEST_SHOWN)}…</code>`,
        html`<code>${key_id}</code>`,
      ])}
    />
  `;
}

/**
 * The newest messages that were no events.
 *
 * @param {object} props
 * @param {readonly RejectedMessage[]} props.rejected
 */
export function RejectedTable({ rejected }) {
  if (rejected.length === 0) return null;
  return html`
    <${WideTable}
      title="Set aside"
      note="Messages that were no event of the closed list. What they said is not kept here."
      columns=${["Number in the stream", "Code", "When"]}
      rows=${rejected.map(({ stream_sequence, code, rejected_at }) => [
        count(stream_sequence),
        html`<code>${code}</code>`,
        dayAndMinute(rejected_at),
      ])}
    />
  `;
}

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.note
 * @param {readonly string[]} props.columns
 * @param {readonly (readonly ComponentChildren[])[]} props.rows
 */
function WideTable({ title, note, columns, rows }) {
  return html`
    <section class="card health-wide" aria-label=${title}>
      <h2>${title}</h2>
      <p class="health-note">${note}</p>
      <div class="table-scroll table-scroll-tall" tabindex="0" role="region" aria-label="${title}, as a table">
        <table class="plain">
          <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
          <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
        </table>
      </div>
    </section>
  `;
}
