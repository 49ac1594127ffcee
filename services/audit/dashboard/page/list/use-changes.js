import { useEffect, useReducer } from "../vendor/preact.js";

/**
 * Draws the component again whenever `watched` says that it has changed, at most once per frame.
 *
 * @param {{ watch(watcher: () => void): () => void }} watched
 */
export function useChanges(watched) {
  const [, redraw] = useReducer((/** @type {number} */ n) => n + 1, 0);
  useEffect(() => {
    let frame = 0;
    const unwatch = watched.watch(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        redraw(0);
      });
    });
    // What changed between drawing and watching.
    redraw(0);
    return () => {
      cancelAnimationFrame(frame);
      unwatch();
    };
  }, [watched]);
}
