import { html } from "../vendor/preact.js";

/** @import { FeedState } from "../live/live-feed.js" */

const WORDS = {
  connecting: "Connecting",
  live: "Live",
  paused: "Catching up",
  away: "Reconnecting",
  crowded: "Not live",
};

/**
 * Whether what is shown follows what happens.
 *
 * @param {object} props
 * @param {FeedState} props.state
 */
export function FeedMark({ state }) {
  return html`<span class="feed feed-${state.kind}"><span class="feed-dot" aria-hidden="true"></span>${WORDS[state.kind]}</span>`;
}
