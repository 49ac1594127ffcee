import { useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";

/** @import { DocumentRow } from "../api/types.js" */
/** @import { RefObject } from "../vendor/preact.js" */

/**
 * The row that the reader is on with the keyboard, by its document: others may come and go around it. It is to be drawn
 * wherever the window is, and has the focus again after each drawing that took it: an element that goes or is moved loses it,
 * and the keyboard would begin again at the top of the page.
 *
 * @param {RefObject<HTMLElement>} body the element that holds the rows
 * @param {readonly DocumentRow[]} rows
 * @param {string | undefined} opened the document whose row takes the focus at once
 */
export function useReaderRow(body, rows, opened) {
  const [id, setId] = useState(opened);
  const index = id === undefined ? -1 : rows.findIndex(({ document_id }) => document_id === id);
  const hasFocus = useRef(opened !== undefined);
  /** The document whose row is to be brought into view. An effect of an earlier drawing may run late, and knows another. */
  const toBeSeen = useRef(opened);
  const isDrawing = useRef(true);
  isDrawing.current = true;

  useLayoutEffect(() => {
    isDrawing.current = false;
    const link = linkOf(body.current, index);
    if (hasFocus.current && isFocusFree(body.current)) link?.focus({ preventScroll: true });
  });
  // After the view has scrolled to where the reader was.
  useEffect(() => {
    if (id === undefined || toBeSeen.current !== id) return;
    toBeSeen.current = undefined;
    bringIntoView(body.current, index);
  });

  return {
    /** -1 for none. */
    index,
    /** @param {number} target the index of the row that takes the focus */
    goTo(target) {
      if (target === index) return bringIntoView(body.current, index);
      hasFocus.current = true;
      toBeSeen.current = rows[target]?.document_id;
      setId(toBeSeen.current);
    },
    /** @param {FocusEvent} event the focus has come to a row */
    follow({ target }) {
      const focused = /** @type {HTMLElement} */ (target).dataset["index"];
      if (focused === undefined || isDrawing.current) return;
      hasFocus.current = true;
      setId(rows[Number(focused)]?.document_id);
    },
    /** @param {FocusEvent} event the focus has gone, by the reader unless it is gone by drawing */
    leave({ target }) {
      // It stays with an element while another window is in front.
      if (!isDrawing.current && document.activeElement !== target) hasFocus.current = false;
    },
  };
}

/** Whether nothing but a row has the focus. @param {HTMLElement | null} body */
function isFocusFree(body) {
  const { activeElement } = document;
  return activeElement === document.body || body?.contains(activeElement) === true;
}

/**
 * @param {HTMLElement | null} body
 * @param {number} index
 */
function bringIntoView(body, index) {
  linkOf(body, index)?.closest(".row")?.scrollIntoView({ block: "nearest" });
}

/**
 * @param {HTMLElement | null} body
 * @param {number} index
 */
function linkOf(body, index) {
  return /** @type {HTMLElement | null} */ (body?.querySelector(`[data-index="${index}"]`) ?? null);
}
