import { html, useState } from "../vendor/preact.js";

/** @import { Filter } from "../list/filter.js" */

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** `2026-11-28T14:03`, as the browser's field wants it. */
const FIELD_LENGTH = 16;

const SPANS = [
  { name: "any", word: "Any time", ms: 0 },
  { name: "hour", word: "Last hour", ms: HOUR_MS },
  { name: "day", word: "Last 24 hours", ms: 24 * HOUR_MS },
  { name: "week", word: "Last 7 days", ms: 7 * 24 * HOUR_MS },
  { name: "month", word: "Last 30 days", ms: 30 * 24 * HOUR_MS },
  { name: "chosen", word: "From … until …", ms: 0 },
];

/**
 * When the documents came.
 *
 * @param {object} props
 * @param {Filter} props.filter
 * @param {(filter: Filter) => void} props.change
 */
export function TimeFilter({ filter, change }) {
  const [chosen, setChosen] = useState("any");
  const isOpen = filter.since === null && filter.until === null;
  const name = isOpen && chosen !== "chosen" ? "any" : chosen;

  /** @param {Event & { currentTarget: HTMLSelectElement }} event */
  const choose = ({ currentTarget: { value } }) => {
    setChosen(value);
    const ms = SPANS.find((span) => span.name === value)?.ms ?? 0;
    const since = ms === 0 ? null : new Date(Date.now() - ms).toISOString();
    if (value !== "chosen") change({ ...filter, since, until: null });
  };
  /**
   * @param {"since" | "until"} bound
   * @param {Event & { currentTarget: HTMLInputElement }} event
   */
  const bind = (bound, { currentTarget: { value } }) => {
    const next = { ...filter, [bound]: value === "" ? null : new Date(value).toISOString() };
    // A time cannot end before it begins: the bound that was set last counts.
    const isReversed = next.since !== null && next.until !== null && next.since > next.until;
    change(isReversed ? { ...next, [bound === "since" ? "until" : "since"]: null } : next);
  };

  return html`
    <select class="field" aria-label="Received" value=${name} onChange=${choose}>
      ${SPANS.map((span) => html`<option value=${span.name}>${span.word}</option>`)}
    </select>
    ${
      name === "chosen" &&
      ["since", "until"].map(
        (bound) => html`
        <label class="filter-bound">
          <span>${bound === "since" ? "from" : "until"}</span>
          <input
            type="datetime-local"
            class="field"
            value=${localTime(bound === "since" ? filter.since : filter.until)}
            onChange=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) =>
              bind(bound === "since" ? "since" : "until", event)}
          />
        </label>
      `,
      )
    }
  `;
}

/**
 * A time as the browser's field shows it, by the reader's clock.
 *
 * @param {string | null} time
 */
function localTime(time) {
  if (time === null) return "";
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, FIELD_LENGTH);
}
