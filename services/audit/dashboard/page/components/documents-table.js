import { zoneName } from "../format/time.js";
import { useMedia } from "../list/use-media.js";
import { useWindowRows } from "../list/use-window-rows.js";
import { html, useEffect, useRef } from "../vendor/preact.js";
import { DocumentRow } from "./document-row.js";

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

  useEffect(() => {
    const opened = rows.findIndex(({ document_id }) => document_id === list.opened);
    list.opened = undefined;
    if (opened >= 0) focusRow(opened, rowHeight, body.current);
  }, []);

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
    focusRow(Math.max(0, Math.min(target, rows.length - 1)), rowHeight, body.current);
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
        ${rows.slice(from, to).map(
          (document, offset) => html`
            <${DocumentRow}
              key=${document.document_id}
              document=${document}
              index=${from + offset}
              top=${(from + offset) * rowHeight}
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
 * Focuses a row that may not exist yet: it is scrolled to, and focused when it is there.
 *
 * @param {number} index
 * @param {number} rowHeight
 * @param {HTMLElement | null} body
 */
function focusRow(index, rowHeight, body) {
  if (body === null) return;
  const find = () => /** @type {HTMLElement | null} */ (body.querySelector(`[data-index="${index}"]`));
  const present = find();
  if (present === null) {
    const top = body.getBoundingClientRect().top + scrollY + index * rowHeight;
    scrollTo({ top: top - innerHeight / 2 });
  }
  const focus = () => {
    const link = find();
    link?.focus({ preventScroll: true });
    link?.closest(".row")?.scrollIntoView({ block: "nearest" });
  };
  if (present !== null) focus();
  else requestAnimationFrame(() => requestAnimationFrame(focus));
}
