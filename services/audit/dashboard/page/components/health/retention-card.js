import { count } from "../../format/quantity.js";
import { dayAndMinute } from "../../format/time.js";
import { html } from "../../vendor/preact.js";
import { FactList } from "./fact-list.js";

/** @import { RetentionRun } from "../../api/types.js" */

/**
 * What the last run has removed.
 *
 * @param {object} props
 * @param {RetentionRun | null} props.run
 */
export function RetentionCard({ run }) {
  /** @type {readonly [string, string][]} */
  const removed =
    run === null
      ? []
      : [
          ["Last run", dayAndMinute(run.finished_at)],
          ["Days removed", count(run.segments)],
          ["Events removed", count(run.events)],
          ["Documents forgotten", count(run.documents)],
          ["Days left, head not trusted", count(run.untrusted)],
        ];
  const note =
    run === null ? "No run yet." : "Once a day what is past its plan goes; the signed head of each day stays.";
  return html`<${FactList} title="Retention" note=${note} facts=${removed} />`;
}
