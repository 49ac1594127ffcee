import { minuteOf } from "../format/time.js";
import { html, useEffect, useState } from "../vendor/preact.js";

/** @import { FeedState } from "../live/live-feed.js" */

/** A connection that is back at once is not worth a word. */
const WORTH_A_WORD_MS = 800;
const SECOND_MS = 1_000;

/**
 * Says that the server is away, since when, and when it is tried again. The sentence that is read aloud has no countdown in
 * it: it would be read every second.
 *
 * @param {object} props
 * @param {FeedState} props.state
 * @param {() => void} props.retryNow
 */
export function AwayNotice({ state, retryNow }) {
  const [now, setNow] = useState(Date.now());
  const isAway = state.kind === "away";
  useEffect(() => {
    if (!isAway) return undefined;
    const timer = setInterval(() => setNow(Date.now()), WORTH_A_WORD_MS / 2);
    return () => clearInterval(timer);
  }, [isAway]);
  const isWorthIt = isAway && now - state.since > WORTH_A_WORD_MS;
  return html`
    <div class="away" role="status">
      ${
        isWorthIt &&
        html`
        <div class="away-inner">
          <p>
            <strong>The server does not answer.</strong> What you see is from ${minuteOf(state.since)}. No mail waits for it.
          </p>
          <span class="away-next" aria-hidden="true">${nextTry(state.retryAt - now)}</span>
          <button type="button" class="button" onClick=${retryNow}>Try now</button>
        </div>
      `
      }
    </div>
  `;
}

/** @param {number} leftMs */
function nextTry(leftMs) {
  const seconds = Math.ceil(leftMs / SECOND_MS);
  return seconds > 0 ? `next try in ${seconds} s` : "trying…";
}
