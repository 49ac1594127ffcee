import { useEffect } from "../vendor/preact.js";

/** @import { LiveFeed } from "../live/live-feed.js" */

/** However much happens, sums are asked for no more often than this. */
const PAUSE_MS = 4_000;

/**
 * Asks again some seconds after something was recorded.
 *
 * @param {LiveFeed} feed
 * @param {() => void} ask
 */
export function useRefresh(feed, ask) {
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const unsubscribe = feed.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        ask();
      }, PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [feed]);
}
