import { duration } from "../format/duration.js";
import { bytes, count } from "../format/quantity.js";
import { dayAndMinute } from "../format/time.js";
import { html } from "../vendor/preact.js";

/** @import { ComponentChildren } from "../vendor/preact.js" */

/** More rows than these say nothing more. */
const MOST_ROWS = 50;
/** A digest is recognised by its beginning; the whole one is in the title. */
const DIGEST = /^[0-9a-f]{40,}$/i;
const DIGEST_SHOWN = 12;
const TIME = /^\d{4}-\d\d-\d\dT/;

/**
 * One part of what the server says of itself: its facts as pairs, a list of like things as a table.
 *
 * @param {object} props
 * @param {string} props.name
 * @param {unknown} props.value
 */
export function StatusSection({ name, value }) {
  const id = `status-${name}`;
  return html`
    <section class="card ${Array.isArray(value) ? "health-wide" : ""}" aria-labelledby=${id}>
      <h2 id=${id}>${wordsOf(name)}</h2>
      ${told(value, name)}
    </section>
  `;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {ComponentChildren}
 */
function told(value, name) {
  if (Array.isArray(value)) return listOf(value, name);
  if (typeof value !== "object" || value === null) return html`<p class="health-one">${plain(value, name)}</p>`;
  return html`
    <dl class="facts">
      ${Object.entries(value).map(
        ([field, each]) => html`<div><dt>${wordsOf(field)}</dt><dd>${nested(each, field)}</dd></div>`,
      )}
    </dl>
  `;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {ComponentChildren}
 */
function nested(value, name) {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((each) => plain(each, name)).join(", ");
  if (typeof value === "object" && value !== null) {
    const facts = Object.entries(value).map(([field, each]) => `${wordsOf(field)} ${plain(each, field)}`);
    return facts.join(", ");
  }
  return plain(value, name);
}

/**
 * @param {readonly unknown[]} list
 * @param {string} name
 */
function listOf(list, name) {
  if (list.length === 0) return html`<p class="faint">none</p>`;
  const rows = list
    .slice(0, MOST_ROWS)
    .map((each) => (typeof each === "object" && each !== null ? each : { [name]: each }));
  const fields = Object.keys(rows[0] ?? {});
  return html`
    <div class="table-scroll table-scroll-tall" tabindex="0" role="region" aria-label=${wordsOf(name)}>
      <table class="plain">
        <thead><tr>${fields.map((field) => html`<th scope="col">${wordsOf(field)}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (row) => html`
              <tr>${fields.map((field) => html`<td>${plain(Object(row)[field], field)}</td>`)}</tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${list.length > MOST_ROWS && html`<p class="faint">The first ${MOST_ROWS} of ${count(list.length)}.</p>`}
  `;
}

/**
 * A single value, as its name says what it is.
 *
 * @param {unknown} value
 * @param {string} name
 * @returns {ComponentChildren}
 */
function plain(value, name) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") {
    if (name.endsWith("_ms")) return duration(value);
    if (name.endsWith("_s")) return duration(value * 1_000);
    return name.includes("bytes") ? bytes(value) : count(value);
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (TIME.test(text)) return dayAndMinute(text);
  return DIGEST.test(text) ? html`<code title=${text}>${text.slice(0, DIGEST_SHOWN)}…</code>` : text;
}

/** `last_stored_at` as a person says it: `Last stored at`. Units are said by the value. @param {string} name */
function wordsOf(name) {
  const words = name.replace(/_(?:ms|s)$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
