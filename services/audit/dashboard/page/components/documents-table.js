import { zoneName } from "../format/time.js";
import { useMedia } from "../list/use-media.js";
import { useReaderRow } from "../list/use-reader-row.js";
import { useWindowRows } from "../list/use-window-rows.js";
import { html, useEffect, useRef } from "../vendor/preact.js";
import { DocumentRow } from "./document-row.js";

/** @import { DocumentRow as Row } from "../api/types.js" */
/** @import { DocumentsList } from "../list/documents-list.js" */

/** The heights that documents.css gives a row, pixels. */
const ROW_HEIGHT = 46;
const ROW_HEIGHT_NARROW = 78;
const NARROW = "(max-width: 760px)";
/** The next page is fetched when so many rows are left, about three screens. */
const ROWS_AHEAD = 60;

const COLUMNS = [
  { name: "status", word: "Status" },
  { name: "time", word: "Received" },
  { name: "sender", word: "Sender" },
  { name: "size", word: "Size" },
  { name: "stages", word: "Stages" },
  { name: "wiped", word: "Copies" },
];

/** @type {Readonly<Record<string, (index: number, screen: number) => number>>} */
const MOVES = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index, screen) => index + screen,
  PageUp: (index, screen) => index - screen,
};

/**
 * The documents as rows, of which only those near the window exist. Arrow keys move between them.
 *
 * @param {object} props
 * @param {DocumentsList} props.list
 * @param {boolean} props.showsTenant
 * @param {number} props.watchedSince documents received later are new, milliseconds since 1970
 */
export function DocumentsTable({ list, showsTenant, watchedSince }) {
  const rowHeight = useMedia(NARROW) ? ROW_HEIGHT_NARROW : ROW_HEIGHT;
  const body = useRef(/** @type {HTMLDivElement | null} */ (null));
  const { rows } = list;
  const { from, to } = useWindowRows(body, rowHeight, rows.length);
  const isNearEnd = to > rows.length - ROWS_AHEAD;
  useEffect(() => {
    if (isNearEnd && list.failure === undefined) void list.loadMore();
  }, [isNearEnd, rows.length, list]);

  const reader = useReaderRow(body, rows, list.opened);
  useEffect(() => {
    list.opened = undefined;
  }, [list]);

  /** @param {MouseEvent} event */
  const remember = ({ target }) => {
    const index = /** @type {HTMLElement} */ (target).closest("a")?.dataset["index"];
    if (index !== undefined) list.opened = rows[Number(index)]?.document_id;
  };

  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const index = Number(/** @type {HTMLElement} */ (event.target).dataset["index"] ?? Number.NaN);
    const target = MOVES[event.key]?.(index, Math.floor(innerHeight / rowHeight) - 2);
    if (target === undefined || Number.isNaN(target)) return;
    event.preventDefault();
    reader.goTo(Math.max(0, Math.min(target, rows.length - 1)));
  };

  return html`
    <div
      class="table"
      role="table"
      aria-label="Documents, newest first"
      aria-rowcount=${list.isComplete ? rows.length + 1 : -1}
      aria-colcount=${COLUMNS.length}
      onKeyDown=${move}
      onClick=${remember}
      onFocusCapture=${reader.follow}
      onBlurCapture=${reader.leave}
    >
      <div role="rowgroup" class="table-head">
        <div role="row" aria-rowindex="1" class="row-head">
          ${COLUMNS.map(
            ({ name, word }) => html`
              <span role="columnheader" class="cell-${name}">
                ${word} ${name === "time" && html`<small>${zoneName()}</small>`}
              </span>
            `,
          )}
        </div>
      </div>
      <div role="rowgroup" class="table-body" ref=${body} style=${{ height: `${rows.length * rowHeight}px` }}>
        ${drawnRows(rows, from, to, reader.index).map(
          ({ document, index }) => html`
            <${DocumentRow}
              key=${document.document_id}
              document=${document}
              index=${index}
              top=${index * rowHeight}
              showsTenant=${showsTenant}
              isNew=${Date.parse(document.received_at) > watchedSince}
            />
          `,
        )}
      </div>
    </div>
  `;
}

/**
 * The rows of the window and the reader's, wherever that is, in the order of the list.
 *
 * @param {readonly Row[]} rows
 * @param {number} from
 * @param {number} to
 * @param {number} readerIndex -1 for none
 */
function drawnRows(rows, from, to, readerIndex) {
  const inWindow = rows.slice(from, to).map((document, offset) => ({ document, index: from + offset }));
  const readers = rows[readerIndex];
  if (readers === undefined || (readerIndex >= from && readerIndex < to)) return inWindow;
  const row = { document: readers, index: readerIndex };
  return readerIndex < from ? [row, ...inWindow] : [...inWindow, row];
}
