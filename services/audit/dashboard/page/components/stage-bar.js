import { duration } from "../format/duration.js";
import { html } from "../vendor/preact.js";
import { STAGES } from "../vocabulary/stages.js";

/** @import { DocumentRow } from "../api/types.js" */

/**
 * How long the stages took, as a bar with a part for each and their sum. The parts are to scale among themselves.
 *
 * @param {object} props
 * @param {DocumentRow} props.document
 */
export function StageBar({ document }) {
  const told = STAGES.flatMap(({ stage, word, field }) => {
    const ms = document[field];
    return ms === null ? [] : [{ stage, word, ms }];
  });
  if (told.length === 0) return html`<span class="faint">–</span>`;
  const sum = told.reduce((total, { ms }) => total + ms, 0);
  const words = told.map(({ word, ms }) => `${word} ${duration(ms)}`).join(", ");
  return html`
    <span class="stages" title=${words}>
      <span class="stages-sum">${duration(sum)}</span>
      <span class="stages-bar" aria-hidden="true">
        ${told.map(({ stage, ms }) => html`<span class="stage-${stage}" style=${{ flexGrow: Math.max(ms, sum / 100) }}></span>`)}
      </span>
      <span class="for-readers">${words}</span>
    </span>
  `;
}
