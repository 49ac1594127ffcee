import { EVERYTHING, isEverything } from "../list/filter.js";
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { documentAddress, isDocumentId } from "../views/route.js";
import { CODE_MEANINGS } from "../vocabulary/codes.js";
import { STATUS_ORDER } from "../vocabulary/statuses.js";
import { StatusMark } from "./status-mark.js";
import { TimeFilter } from "./time-filter.js";

/** @import { Status } from "../api/types.js" */
/** @import { Filter } from "../list/filter.js" */

/** Typing is over when nothing was typed for so long. */
const TYPING_PAUSE_MS = 350;
/** Good enough to ask with; the server knows better. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;

/**
 * What of the documents is shown.
 *
 * @param {object} props
 * @param {Filter} props.filter
 * @param {(filter: Filter) => void} props.change
 */
export function FilterBar({ filter, change }) {
  /** @param {Status} status */
  const toggle = (status) => {
    const { statuses } = filter;
    const next = statuses.includes(status) ? statuses.filter((chosen) => chosen !== status) : [...statuses, status];
    change({ ...filter, statuses: next });
  };
  return html`
    <section class="filters" aria-label="Filter">
      <div class="filter-line">
        <${SearchField} sender=${filter.sender} search=${(/** @type {string} */ sender) => change({ ...filter, sender })} />
        <select
          class="field"
          aria-label="Code"
          value=${filter.code}
          onChange=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ event) =>
            change({ ...filter, code: event.currentTarget.value })}
        >
          <option value="">Any code</option>
          ${Object.keys(CODE_MEANINGS).map((code) => html`<option value=${code}>${code}</option>`)}
        </select>
        <${TimeFilter} filter=${filter} change=${change} />
        ${
          !isEverything(filter) &&
          html`<button type="button" class="button button-quiet" onClick=${() => change(EVERYTHING)}>Clear</button>`
        }
      </div>
      <div class="filter-statuses" role="group" aria-label="Status">
        ${STATUS_ORDER.map(
          (status) => html`
            <button type="button" class="chip" aria-pressed=${filter.statuses.includes(status)} onClick=${() => toggle(status)}>
              <${StatusMark} status=${status} />
            </button>
          `,
        )}
      </div>
    </section>
  `;
}

/**
 * Finds a sender's documents; a document's id opens it.
 *
 * @param {object} props
 * @param {string} props.sender
 * @param {(sender: string) => void} props.search
 */
function SearchField({ sender, search }) {
  const [text, setText] = useState(sender);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => setText(sender), [sender]);
  useEffect(() => () => clearTimeout(timer.current), []);

  /** @param {string} value */
  const settle = (value) => {
    clearTimeout(timer.current);
    const wanted = value.trim();
    if (isDocumentId(wanted)) location.hash = documentAddress(wanted);
    else if (wanted !== sender && (wanted === "" || ADDRESS.test(wanted))) search(wanted);
  };
  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  const type = ({ currentTarget: { value } }) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => settle(value), TYPING_PAUSE_MS);
  };
  const isPart = text.trim() !== "" && !ADDRESS.test(text.trim()) && !isDocumentId(text.trim());
  return html`
    <span class="filter-search">
      <input
        type="search"
        class="field"
        placeholder="Sender’s address or document id"
        aria-label="Sender’s address or document id"
        aria-describedby="search-hint"
        autocomplete="off"
        spellcheck="false"
        value=${text}
        onInput=${type}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && settle(text)}
      />
      <span id="search-hint" class="filter-hint">${isPart ? "a whole address or a whole id" : ""}</span>
    </span>
  `;
}
