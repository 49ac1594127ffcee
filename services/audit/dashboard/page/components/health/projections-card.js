import { count } from "../../format/quantity.js";
import { dayAndMinute } from "../../format/time.js";
import { html } from "../../vendor/preact.js";
import { FactList } from "./fact-list.js";

/** @import { Projection } from "../../api/types.js" */

/**
 * Which fold the documents' states were made by, and how far a rebuild has come.
 *
 * @param {object} props
 * @param {readonly Projection[]} props.projections
 */
export function ProjectionsCard({ projections }) {
  return html`
    <${FactList}
      title="Projections"
      note="States that are folded from the events, and can be made again at any time."
      facts=${projections.map(({ name, version, rebuilt_at, rebuild_done, rebuild_total }) => [
        `${name}, version ${version}`,
        rebuilt_at === null
          ? html`<${Progress} done=${rebuild_done} total=${rebuild_total} />`
          : `made anew ${dayAndMinute(rebuilt_at)}`,
      ])}
    />
  `;
}

/**
 * @param {object} props
 * @param {number} props.done
 * @param {number} props.total
 */
function Progress({ done, total }) {
  return html`
    <progress value=${done} max=${Math.max(total, 1)} aria-label="Rebuild"></progress> ${count(done)} of ${count(total)}
  `;
}
