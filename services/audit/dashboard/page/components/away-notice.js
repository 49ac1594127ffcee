import { minuteOf } from "../format/time.js";
import { html, useEffect, useState } from "../vendor/preact.js";

/** @import { FeedState } from "../live/live-feed.js" */

/** A connection that is back at once is not worth a word. */
const WORTH_A_WORD_MS = 800;
const SECOND_MS = 1_000;

/** @typedef {Extract<FeedState, { since: number }>} Away */

/** @type {Readonly<Record<Away["kind"], { what: string, more: (time: string) => string }>>} */
const SENTENCES = {
  away: {
    what: "The server does not answer.",
    more: (time) => `What you see is from ${time}. No mail waits for it.`,
  },
  paused: {
    what: "The server’s database is away.",
    more: (time) => `What you see is from ${time}. No mail waits for it, and this page catches up by itself.`,
  },
  crowded: {
    what: "Too many pages are open with this key.",
    more: () => "This one is brought up to date now and then. Close another, and it is live.",
  },
};

/**
 * Says why the page is not live, since when, and when that is tried again. The sentence that is read aloud has no countdown
 * in it: it would be read every second.
 *
 * @param {object} props
 * @param {FeedState} props.state
 * @param {() => void} props.retryNow
 */
export function AwayNotice({ state, retryNow }) {
  const [now, setNow] = useState(Date.now());
  const isAway = "since" in state;
  useEffect(() => {
    if (!isAway) return undefined;
    const timer = setInterval(() => setNow(Date.now()), WORTH_A_WORD_MS / 2);
    return () => clearInterval(timer);
  }, [isAway]);
  return html`
    <div class="away" role="status">
      ${isAway && now - state.since > WORTH_A_WORD_MS && html`<${Words} state=${state} now=${now} retryNow=${retryNow} />`}
    </div>
  `;
}

/**
 * @param {object} props
 * @param {Away} props.state
 * @param {number} props.now
 * @param {() => void} props.retryNow
 */
function Words({ state, now, retryNow }) {
  const { what, more } = SENTENCES[state.kind];
  return html`
    <div class="away-inner">
      <p><strong>${what}</strong> ${more(minuteOf(state.since))}</p>
      ${
        "retryAt" in state &&
        html`
        <span class="away-next" aria-hidden="true">${nextTry(state.retryAt - now)}</span>
        <button type="button" class="button" onClick=${retryNow}>Try now</button>
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
