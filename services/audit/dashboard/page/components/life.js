import { duration } from "../format/duration.js";
import { dayAndMinute } from "../format/time.js";
import { tellLife } from "../life/tell-life.js";
import { html, useState } from "../vendor/preact.js";
import { EVENT_WORDS } from "../vocabulary/events.js";
import { LifePicture } from "./life-picture.js";
import { LifeTable } from "./life-table.js";

/** @import { DocumentDetails } from "../api/types.js" */
/** @import { Attempt } from "../life/tell-life.js" */

/**
 * Where the document's bytes were: one picture for each attempt, each to a scale of its own, for hours of waiting in the
 * sender's queue would make the seconds of work invisible.
 *
 * @param {object} props
 * @param {DocumentDetails} props.details
 */
export function Life({ details }) {
  const attempts = tellLife(details);
  const [chosen, choose] = useState(/** @type {number | undefined} */ (undefined));
  const index = Math.min(chosen ?? attempts.length - 1, attempts.length - 1);
  const attempt = attempts[index];
  if (attempt === undefined) return null;
  const caller = details.document.source === "api";
  return html`
    <section class="card life" aria-labelledby="life-title">
      <header class="life-head">
        <h2 id="life-title">Where its bytes were</h2>
        <p class="faint">
          ${dayAndMinute(attempt.from)} · ${attempt.isOver ? `${duration(attempt.to - attempt.from)} from received to wiped` : "in memory now"}
        </p>
      </header>
      ${attempts.length > 1 && html`<${Attempts} attempts=${attempts} index=${index} choose=${choose} />`}
      <${LifePicture} attempt=${attempt} isCallers=${caller} provider=${details.document.provider} />
      <details class="life-words">
        <summary>The same in words, and how it is known</summary>
        <${LifeTable} attempt=${attempt} isCallers=${caller} />
        <p class="faint">
          Drawn from the events’ times. An event that ends a stage says how long the stage took, so the stage began that much
          earlier. A bar is the longest that bytes can have been there: within a stage, nobody writes down when. extractor and
          erp-pusher answer only when what they held is zero, so the end of their stage is the latest time of their wipe;
          ingest zeroes the document when the extraction exists, and what is left before it makes the receipt. When a redelivery came is no event of its own: its picture
          begins with its first stage. Times are those of ingest’s clock.
        </p>
      </details>
    </section>
  `;
}

/**
 * @param {object} props
 * @param {readonly Attempt[]} props.attempts
 * @param {number} props.index of the one that is shown
 * @param {(index: number) => void} props.choose
 */
function Attempts({ attempts, index, choose }) {
  return html`
    <ol class="attempts" aria-label="Attempts">
      ${attempts.map((attempt, at) => {
        const before = attempts[at - 1];
        return html`
          ${
            before !== undefined &&
            html`<li class="attempts-gap">${duration(attempt.from - before.to)} in the sender’s queue</li>`
          }
          <li>
            <button type="button" class="chip" aria-pressed=${at === index} onClick=${() => choose(at)}>
              <strong>${at + 1}</strong> ${attempt.isOver ? EVENT_WORDS[attempt.end] : "Under way"}
              ${attempt.code !== null && html`<code>${attempt.code}</code>`}
            </button>
          </li>
        `;
      })}
    </ol>
  `;
}
