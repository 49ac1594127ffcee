import { duration } from "../format/duration.js";
import { dayAndMinute, zoneName } from "../format/time.js";
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
          ${dayAndMinute(attempt.from)} · ${lengthOf(attempt)}
        </p>
      </header>
      ${attempts.length > 1 && html`<${Attempts} attempts=${attempts} index=${index} choose=${choose} />`}
      <${LifePicture} attempt=${attempt} isCallers=${caller} provider=${details.document.provider} />
      <details class="life-words">
        <summary>The same in words, and how it is known</summary>
        <${LifeTable} attempt=${attempt} isCallers=${caller} />
        <p class="faint">
          Drawn from the events’ times. An event that ends a stage says how long the stage took, so the stage began that much
          earlier. A bar is the longest that bytes can have been there: within a stage, nobody writes down when. A pale one is
          of a service that came to nothing without a word: perhaps the bytes never reached it. extractor and erp-pusher answer
          only when what they held is zero, so the end of their stage is the latest time of their wipe; ingest zeroes the
          document when the extraction exists, and what is left before it makes the receipt. When a redelivery came is no event
          of its own: its picture begins with its first stage. Times are as ingest’s clock told them, shown in ${zoneName()}.
        </p>
      </details>
    </section>
  `;
}

/** @param {Attempt} attempt */
function lengthOf({ isOver, isLost, from, to }) {
  if (isOver) return `${duration(to - from)} from received to wiped`;
  return isLost ? "broken off: no receipt came" : "under way: no receipt yet";
}

/** @param {Attempt} attempt */
function endingOf({ isOver, isLost, end }) {
  if (isOver) return EVENT_WORDS[end];
  return isLost ? "Broken off" : "Under way";
}

/**
 * How an attempt follows the one before it.
 *
 * @param {number} gapMs negative where the sender asked again before that one had ended
 */
function gapOf(gapMs) {
  return gapMs < 0 ? "at the same time" : `${duration(gapMs)} in the sender’s queue`;
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
          ${before !== undefined && html`<li class="attempts-gap">${gapOf(attempt.from - before.to)}</li>`}
          <li>
            <button type="button" class="chip" aria-pressed=${at === index} onClick=${() => choose(at)}>
              <strong>${at + 1}</strong> ${endingOf(attempt)}
              ${attempt.code !== null && html`<code>${attempt.code}</code>`}
            </button>
          </li>
        `;
      })}
    </ol>
  `;
}
