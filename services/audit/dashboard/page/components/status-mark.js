import { html } from "../vendor/preact.js";
import { STATUSES } from "../vocabulary/statuses.js";

/** @import { VNode } from "../vendor/preact.js" */
/** @import { Status } from "../api/types.js" */

/**
 * A shape for each status, so that colour is never all there is. Drawn in a square of 16.
 *
 * @type {Readonly<Record<Status, VNode | VNode[]>>}
 */
const SHAPES = {
  received: html`<circle class="mark-line" cx="8" cy="8" r="5.5" /><circle class="mark-fill" cx="8" cy="8" r="1.8" />`,
  extracted: html`<circle class="mark-line" cx="8" cy="8" r="5.5" /><path class="mark-fill" d="M8 2.5a5.5 5.5 0 0 1 0 11z" />`,
  delivered: html`<circle class="mark-fill" cx="8" cy="8" r="6.5" /><path class="mark-cut" d="M5 8.2l2.1 2.1L11 6.2" />`,
  deferred: html`<circle class="mark-line" cx="8" cy="8" r="5.5" /><path class="mark-line" d="M8 5v3.2l2.2 1.4" />`,
  refused: html`<path class="mark-fill" d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" /><path class="mark-cut" d="M5.5 8h5" />`,
  invalid: html`<path class="mark-fill" d="M8 1.6l6.9 12.2H1.1z" /><path class="mark-cut" d="M8 6.2v3.4M8 11.6v.2" />`,
  undeliverable: html`<path class="mark-fill" d="M8 .9L15.1 8 8 15.1.9 8z" /><path class="mark-cut" d="M6 6l4 4M10 6l-4 4" />`,
  duplicate: html`<rect class="mark-line" x="2" y="2" width="8.5" height="8.5" rx="2" /><path class="mark-line" d="M6 13.5h5.5a2 2 0 0 0 2-2V6" />`,
};

/**
 * A status as shape and word.
 *
 * @param {object} props
 * @param {Status} props.status
 */
export function StatusMark({ status }) {
  const { word, tone } = STATUSES[status];
  return html`
    <span class="status tone-${tone}">
      <svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${SHAPES[status]}</svg>
      <span>${word}</span>
    </span>
  `;
}
