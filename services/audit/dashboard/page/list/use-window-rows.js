import { useLayoutEffect, useState } from "../vendor/preact.js";

/** @import { RefObject } from "../vendor/preact.js" */

/** Rows rendered beyond either edge of the window, so that a fast scroll does not show a gap. */
const OVERSCAN_ROWS = 12;

/**
 * Which of the rows are to be rendered, given that the window shows a part of the list: ten thousand rows scroll as fast as
 * forty. `from` is the first, `to` the one after the last.
 *
 * @param {RefObject<HTMLElement>} list the element that is as tall as all rows together
 * @param {number} rowHeight pixels
 * @param {number} rowCount
 */
export function useWindowRows(list, rowHeight, rowCount) {
  const [shown, setShown] = useState({ from: 0, to: OVERSCAN_ROWS * 2 });

  const measure = () => {
    if (list.current === null) return;
    const above = -list.current.getBoundingClientRect().top;
    const first = Math.floor(above / rowHeight) - OVERSCAN_ROWS;
    const last = Math.ceil((above + innerHeight) / rowHeight) + OVERSCAN_ROWS;
    // Steps of half the overscan: most scroll events change nothing.
    const step = OVERSCAN_ROWS / 2;
    const from = Math.max(0, Math.floor(first / step) * step);
    const to = Math.max(from, Math.ceil(last / step) * step);
    setShown((before) => (before.from === from && before.to === to ? before : { from, to }));
  };

  useLayoutEffect(measure, [rowHeight, rowCount]);
  // Before anything is painted: the view that scrolls to where its reader was is heard.
  useLayoutEffect(() => {
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [rowHeight]);

  return { from: Math.min(shown.from, rowCount), to: Math.min(shown.to, rowCount) };
}
