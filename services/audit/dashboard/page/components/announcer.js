import { counted } from "../format/quantity.js";
import { html, useEffect, useState } from "../vendor/preact.js";

/** @import { LiveFeed } from "../live/live-feed.js" */

/** What arrives meanwhile is told together: a screen reader that reads every event is of no use to anybody. */
const QUIET_MS = 15_000;

/**
 * Says now and then how many documents came to an end, for those who cannot see the list move.
 *
 * @param {object} props
 * @param {LiveFeed} props.feed
 */
export function Announcer({ feed }) {
  const [sentence, setSentence] = useState("");
  useEffect(() => {
    let received = 0;
    let delivered = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const speak = () => {
      setSentence(`${counted(received, "document")} received, ${delivered} delivered.`);
      received = 0;
      delivered = 0;
      timer = undefined;
    };
    const unsubscribe = feed.subscribe(({ event }) => {
      if (event.type === "document.received") received += 1;
      else if (event.type === "document.delivered") delivered += 1;
      else return;
      timer ??= setTimeout(speak, QUIET_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [feed]);
  return html`<p class="for-readers" role="status" aria-live="polite">${sentence}</p>`;
}
