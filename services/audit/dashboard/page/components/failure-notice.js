import { html } from "../vendor/preact.js";
import { Notice } from "./notice.js";

/** @import { Failure } from "../api/api-error.js" */

/** @type {Readonly<Record<Failure, { title: string, text: string }>>} */
const SENTENCES = {
  away: {
    title: "The server does not answer",
    text: "Nothing is lost: mails are delivered, and events wait to be recorded.",
  },
  busy: { title: "Too many questions at once", text: "The server asks for a pause. Try again in a minute." },
  wrong_key: { title: "The key is not accepted any more", text: "Sign out and enter another one." },
  forbidden: { title: "This key may not see that", text: "Sign in with a key that has the scope for it." },
  not_found: { title: "There is no such thing here", text: "Either it never was, or its plan's retention is over." },
  refused: { title: "The server does not understand the question", text: "Reload the page: one of the two is newer." },
};

/**
 * @param {object} props
 * @param {Failure} props.failure
 * @param {() => void} props.retry
 */
export function FailureNotice({ failure, retry }) {
  const { title, text } = SENTENCES[failure];
  return html`
    <div role="alert"><${Notice} title=${title} action=${{ word: "Try again", act: retry }}>${text}<//></div>
  `;
}
